package io.snapfs.format.pack;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Limits;
import io.snapfs.format.PackId;
import io.snapfs.format.blob.BlobReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads and checks what frames a pack: header and footer, and that they belong together. */
final class PackFrame {
  private static final int SHORTEST = PackHeader.LENGTH + PackFooter.LENGTH;

  private PackFrame() {}

  /**
   * Reads 192 bytes, whatever the size of the pack.
   *
   * @param expected the id by which the pack was looked up
   */
  static PackFooter read(BlobReader blob, PackId expected) throws IOException {
    String resource = blob.describe();
    long length = blob.length();
    if (length < SHORTEST || length > Limits.MAX_PACK) {
      throw new CorruptException(
          resource,
          -1,
          length + " bytes long, but packs have " + SHORTEST + " to " + Limits.MAX_PACK);
    }
    ByteBuffer buffer = ByteBuffer.allocateDirect(SHORTEST).order(ByteOrder.LITTLE_ENDIAN);
    blob.readFully(0, buffer.limit(PackHeader.LENGTH));
    PackId id = PackHeader.check(buffer.clear(), resource);
    if (!id.equals(expected)) {
      throw new CorruptException(
          resource, 0, "it is pack " + id + ", expected was pack " + expected);
    }
    blob.readFully(length - PackFooter.LENGTH, buffer.clear().limit(PackFooter.LENGTH));
    PackFooter footer = PackFooter.read(buffer.clear(), resource, length);
    if (!footer.id().equals(id)) {
      throw new CorruptException(
          resource,
          length - PackFooter.LENGTH,
          "header of pack " + id + ", footer of pack " + footer.id());
    }
    return footer;
  }
}
