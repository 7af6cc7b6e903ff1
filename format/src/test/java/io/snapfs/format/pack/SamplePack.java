package io.snapfs.format.pack;

import io.snapfs.format.ChunkId;
import io.snapfs.format.ChunkLocation;
import io.snapfs.format.Crc32c;
import io.snapfs.format.PackId;
import io.snapfs.format.blob.MemoryBlob;
import io.snapfs.format.codec.ChunkEncoder;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.codec.Encoded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A small pack that is the same every time, its parts, and ways to falsify it. */
final class SamplePack {
  static final PackId ID = PackId.parse("00112233445566778899aabbccddeeff");
  static final String NAME = "sample.pack";

  /** Plain chunks in the order in which they were appended. */
  final Map<ChunkId, byte[]> plain = new LinkedHashMap<>();

  final Map<ChunkId, ChunkLocation> locations = new LinkedHashMap<>();
  final byte[] bytes;

  /** Chunks of each codec, of 1 to 5000 bytes. */
  SamplePack() {
    MemoryBlob blob = new MemoryBlob(ID.key());
    try (PackWriter writer = new PackWriter(blob, ID)) {
      Random random = new Random(20260101);
      for (CodecPolicy policy :
          List.of(CodecPolicy.RAW, CodecPolicy.LZ4, CodecPolicy.ZSTD, CodecPolicy.AUTO)) {
        for (int length : new int[] {1, 100, 4096, 5000}) {
          append(writer, policy, numbers(random, length));
        }
      }
      append(writer, CodecPolicy.LZ4, repetitions(3000));
      append(writer, CodecPolicy.ZSTD, repetitions(3001));
      writer.finish();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    bytes = blob.bytes();
  }

  private void append(PackWriter writer, CodecPolicy policy, byte[] chunk) throws IOException {
    ChunkId id = ChunkId.wrap(sha256(chunk));
    try (ChunkEncoder encoder = new ChunkEncoder(policy)) {
      ByteBuffer direct = ByteBuffer.allocateDirect(chunk.length).put(chunk).flip();
      Encoded encoded = encoder.encode(direct);
      locations.put(
          id, writer.append(id, encoded.stored(), chunk.length, encoded.codec().number()));
      plain.put(id, chunk);
    }
  }

  /** 16-bit numbers with noisy low and orderly high bytes, which suit split-zstd. */
  private static byte[] numbers(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    for (int i = 1; i < length; i += 2) {
      bytes[i] = (byte) (random.nextInt(100) == 0 ? 0x3f : 0x3c);
    }
    return bytes;
  }

  private static byte[] repetitions(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i % 97);
    }
    return bytes;
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  int footer() {
    return bytes.length - PackFooter.LENGTH;
  }

  int index() {
    return footer() - plain.size() * PackEntry.LENGTH;
  }

  /** End of the last stored chunk. */
  int dataEnd() {
    long end = PackHeader.LENGTH;
    for (ChunkLocation location : locations.values()) {
      end = Math.max(end, location.offset() + location.storedLength());
    }
    return (int) end;
  }

  /** A change of some bytes of a pack. */
  interface Change {
    void apply(ByteBuffer littleEndian);
  }

  /** The pack with a lie in it and with all checksums right again. */
  byte[] forged(Change lie) {
    return forgedFooter(
        pack -> {
          lie.apply(pack);
          pack.putInt(124, Crc32c.of(pack, 0, 124));
          pack.putInt(footer() + 12, Crc32c.of(pack, index(), footer() - index()));
        });
  }

  /** The pack with a lie in it and with the footer's checksum right again. */
  byte[] forgedFooter(Change lie) {
    byte[] forged = bytes.clone();
    ByteBuffer pack = ByteBuffer.wrap(forged).order(ByteOrder.LITTLE_ENDIAN);
    lie.apply(pack);
    pack.putInt(footer() + 52, Crc32c.of(pack, footer(), 52));
    return forged;
  }
}
