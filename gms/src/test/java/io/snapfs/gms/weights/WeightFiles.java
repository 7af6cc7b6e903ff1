package io.snapfs.gms.weights;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.store.Store;
import io.snapfs.format.write.PackOptions;
import io.snapfs.format.write.Packer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.Random;

/** Makes files of weights, and artifacts of them. */
public final class WeightFiles {
  private WeightFiles() {}

  /** Random numbers as bf16 weights are: the high bytes hardly differ. */
  public static byte[] bf16(int bytes, long seed) {
    byte[] data = new byte[bytes];
    Random random = new Random(seed);
    random.nextBytes(data);
    for (int i = 1; i < bytes; i += 2) {
      data[i] = (byte) (0x38 + (data[i] & 3));
    }
    return data;
  }

  /** A file with the given header and data. */
  public static byte[] safetensors(String header, byte[]... data) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .array());
    out.write(json);
    for (byte[] each : data) {
      out.write(each);
    }
    return out.toByteArray();
  }

  /** A file of one-dimensional bf16 tensors, {@code PREFIX.0} and so on. */
  public static byte[] tensors(String prefix, byte[]... data) throws IOException {
    StringBuilder header = new StringBuilder("{\"__metadata__\":{}");
    int at = 0;
    for (int i = 0; i < data.length; i++) {
      header.append(
          ",\"%s.%d\":{\"dtype\":\"BF16\",\"shape\":[%d],\"data_offsets\":[%d,%d]}"
              .formatted(prefix, i, data[i].length / 2, at, at + data[i].length));
      at += data[i].length;
    }
    return safetensors(header.append("}").toString(), data);
  }

  /** What a GMS saves: one allocation after the other in one shard, a name at each begin. */
  public static void saved(Path folder, byte[]... allocations) throws IOException {
    Files.createDirectories(folder.resolve("shards"));
    StringBuilder manifest = new StringBuilder("{\"version\":\"1.0\",\"layout_hash\":\"h\",");
    StringBuilder metadata = new StringBuilder("{");
    manifest.append("\"device\":0,\"allocations\":[");
    ByteArrayOutputStream shard = new ByteArrayOutputStream();
    for (int i = 0; i < allocations.length; i++) {
      String comma = i == 0 ? "" : ",";
      manifest.append(
          "%s{\"allocation_id\":\"a%d\",\"size\":%d,\"aligned_size\":%d,\"tag\":\"weights\",\"tensor_file\":\"shards/shard_0000.bin\",\"tensor_offset\":%d}"
              .formatted(comma, i, allocations[i].length, 2 << 20, shard.size()));
      metadata.append(
          "%s\"t%d\":{\"allocation_id\":\"a%d\",\"offset_bytes\":0,\"value\":\"%s\"}"
              .formatted(
                  comma, i, i, Base64.getEncoder().encodeToString(new byte[] {(byte) i, -1})));
      shard.writeBytes(allocations[i]);
    }
    Files.writeString(folder.resolve("manifest.json"), manifest.append("]}"));
    Files.writeString(folder.resolve("gms_metadata.json"), metadata.append("}"));
    Files.write(folder.resolve("shards/shard_0000.bin"), shard.toByteArray());
  }

  /** Packs a folder. */
  public static ArtifactRef pack(Store store, Path folder, CodecPolicy codec) throws IOException {
    ArtifactRef ref = ArtifactRef.parse("weights:" + codec.mode().name().toLowerCase(Locale.ROOT));
    new Packer(store, PackOptions.defaults().withJobs(2).withCodec(codec)).pack(folder, ref);
    return ref;
  }
}
