package io.snapfs.gms.load;

import io.snapfs.format.manifest.Manifest;
import io.snapfs.gms.weights.WeightsLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What is known of an artifact before it is loaded: what each device gets, and how it is read. Good
 * for any opening of an artifact with the same key.
 */
record Prepared(List<WeightsLayout> layouts, LoadPlan plan) {
  /**
   * Names a plan by all that it depends on: the content of the artifact, the packs that hold it (gc
   * may have moved chunks to others), how many devices are filled and how long a run may be.
   */
  static String keyOf(Manifest manifest, int devices, int slotBytes) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
    digest.update(manifest.contentId());
    ByteBuffer numbers = ByteBuffer.allocate(3 * Integer.BYTES);
    digest.update(numbers.putInt(devices).putInt(slotBytes).putInt(manifest.packCount()).flip());
    for (int pack = 0; pack < manifest.packCount(); pack++) {
      digest.update(manifest.packId(pack).toString().getBytes(StandardCharsets.US_ASCII));
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
