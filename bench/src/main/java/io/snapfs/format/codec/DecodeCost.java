package io.snapfs.format.codec;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.Crc32c;
import io.snapfs.format.Limits;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import io.snapfs.linux.NativeMemory;
import io.snapfs.linux.PageAligned;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What decoding the chunks of an artifact costs one thread and nothing else: all stored bytes lie
 * in memory, each chunk is decoded into the same buffer, as a reader's threads do it. See {@code
 * bench/limit.sh}.
 *
 * <p>Usage: {@code DecodeCost STORE NAME ROUNDS}. Prints for each round a line {@code CODEC
 * plain-bytes stored-bytes seconds} for each codec, whose seconds include the checksum, and the
 * same for {@code crc} and {@code join}, which are parts of that. A round before those makes the
 * compiler's work done.
 */
public final class DecodeCost {
  private static final String[] PARTS = {"crc", "join"};

  private final Manifest manifest;
  private final Map<Codec, List<Integer>> chunks = new EnumMap<>(Codec.class);
  private final NativeMemory memory;
  private final long[] at;
  private final ByteBuffer plain = PageAligned.allocate(Limits.MAX_CHUNK);
  private final ChunkDecoder decoder = new ChunkDecoder();
  private final BytePlanes planes = new BytePlanes();

  private DecodeCost(OpenArtifact artifact) throws IOException {
    manifest = artifact.manifest();
    at = new long[manifest.chunkCount()];
    long size = 0;
    for (int i = 0; i < at.length; i++) {
      at[i] = size;
      size += manifest.chunkStoredLength(i);
      Codec codec = Codec.of(manifest.chunkCodec(i));
      chunks.computeIfAbsent(codec, any -> new ArrayList<>()).add(i);
    }
    memory = NativeMemory.allocate(Math.max(1, size));
    for (int i = 0; i < at.length; i++) {
      artifact.pack(manifest.chunkPack(i)).readStored(manifest.chunkOffset(i), stored(i));
    }
  }

  /** Measures. */
  public static void main(String[] args) throws IOException {
    try (Store store = Store.open(Path.of(args[0]));
        OpenArtifact artifact = store.openArtifact(ArtifactRef.parse(args[1]))) {
      DecodeCost cost = new DecodeCost(artifact);
      cost.round(false);
      for (int round = 0; round < Integer.parseInt(args[2]); round++) {
        cost.round(true);
      }
      cost.memory.close();
    }
  }

  private ByteBuffer stored(int chunk) throws IOException {
    return memory.slice(at[chunk], manifest.chunkStoredLength(chunk));
  }

  private interface Work {
    void run(int chunk) throws IOException;
  }

  private void round(boolean prints) throws IOException {
    for (Map.Entry<Codec, List<Integer>> each : chunks.entrySet()) {
      measure(each.getKey().label(), each.getValue(), this::decode, prints);
    }
    List<Integer> all = new ArrayList<>();
    chunks.values().forEach(all::addAll);
    measure(PARTS[0], all, this::checksum, prints);
    List<Integer> split = chunks.getOrDefault(Codec.SPLIT_ZSTD, List.of());
    measure(PARTS[1], split, this::join, prints);
  }

  private void measure(String name, List<Integer> which, Work work, boolean prints)
      throws IOException {
    long plainBytes = 0;
    long storedBytes = 0;
    for (int chunk : which) {
      plainBytes += manifest.chunkPlainLength(chunk);
      storedBytes += manifest.chunkStoredLength(chunk);
    }
    long start = System.nanoTime();
    for (int chunk : which) {
      work.run(chunk);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (prints) {
      System.out.printf(Locale.ROOT, "%s %d %d %.6f%n", name, plainBytes, storedBytes, seconds);
    }
  }

  private void decode(int chunk) throws IOException {
    plain.clear().limit(manifest.chunkPlainLength(chunk));
    decoder.decode(
        "memory",
        manifest.chunkCodec(chunk),
        manifest.chunkCrc32c(chunk),
        manifest.chunkOffset(chunk),
        stored(chunk),
        plain);
  }

  private void checksum(int chunk) throws IOException {
    int length = manifest.chunkStoredLength(chunk);
    if (Crc32c.of(stored(chunk), 0, length) != manifest.chunkCrc32c(chunk)) {
      throw new IllegalStateException("chunk " + chunk + " is damaged");
    }
  }

  /** Of planes that hold anything: the time is the same. The odd one lies behind the even one. */
  private void join(int chunk) throws IOException {
    int length = manifest.chunkPlainLength(chunk);
    long from = Math.min(at[chunk], memory.size() - length);
    ByteBuffer source = memory.slice(from, length);
    planes.join(
        source, 0, source, BytePlanes.evenLength(length), plain.clear().limit(length), 0, length);
  }
}
