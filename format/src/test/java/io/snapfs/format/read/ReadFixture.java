package io.snapfs.format.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.blob.FaultyBlobStore;
import io.snapfs.format.blob.LocalBlobStore;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.profile.Profile;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.MemFd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

/**
 * A store in a directory that fails on demand, one artifact in it, a cache and a reader. Closing
 * checks that everything was given back.
 */
final class ReadFixture implements AutoCloseable {
  static final ArtifactRef REF = ArtifactRef.parse("test");

  final FaultyBlobStore blobs;
  final Store store;
  final ChunkCache cache;
  final ArtifactReader reader;
  private final LocalBlobStore local;
  private final Map<String, Integer> nodes;

  ReadFixture(Path directory, TestArtifacts artifact, long capacity, int threads)
      throws IOException {
    this(directory, artifact, capacity, threads, null);
  }

  /** With a profile, whose chunks are in this order; none if it is null. */
  ReadFixture(Path directory, TestArtifacts artifact, long capacity, int threads, int[] order)
      throws IOException {
    Store.openOrCreate(directory).close();
    local = new LocalBlobStore(directory);
    nodes = artifact.publish(local, REF);
    blobs = new FaultyBlobStore(local, 1);
    store = Store.of(blobs);
    cache = new ChunkCache(capacity, threads);
    OpenArtifact opened = store.openArtifact(REF);
    reader = new ArtifactReader(opened, cache, profile(opened.manifest(), order), null);
  }

  private static Profile profile(Manifest manifest, int[] order) {
    return order == null ? null : Profile.of(manifest.contentId(), manifest.chunkCount(), order);
  }

  int node(String name) {
    return nodes.get(name);
  }

  OpenFile open(String name) throws IOException {
    return reader.open(nodes.get(name));
  }

  OpenFile open(String name, AfterRead afterRead) throws IOException {
    return reader.open(nodes.get(name), afterRead);
  }

  /** Bytes that compress a little, without zero pages. */
  static byte[] bytes(int length, long seed) {
    byte[] bytes = new byte[length];
    Random random = new Random(seed);
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (1 + random.nextInt(60));
    }
    return bytes;
  }

  /** Reads by copy. */
  static byte[] read(OpenFile file, long offset, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(length + 2).position(1).limit(length + 1);
    buffer.put(0, (byte) 77).limit(length + 2).put(length + 1, (byte) 88).limit(length + 1);
    int count = file.read(offset, buffer);
    assertEquals(1 + count, buffer.position());
    assertEquals(77, buffer.get(0), "written before the buffer");
    assertEquals(88, buffer.limit(length + 2).get(length + 1), "written behind the buffer");
    byte[] bytes = new byte[count];
    buffer.get(1, bytes);
    return bytes;
  }

  /** Reads by slices, which it hands to the kernel, as a transport does. */
  static byte[] readSlices(OpenFile file, long offset, int length) throws IOException {
    try (Fd memory = MemFd.create("slices")) {
      int[] calls = {0};
      int count =
          file.read(
              offset,
              length,
              slices -> {
                calls[0]++;
                long at = 0;
                for (int i = 0; i < slices.count(); i++) {
                  assertTrue(slices.length(i) > 0);
                  FileIo.pwriteFully(memory, slices.address(i), slices.length(i), at);
                  at += slices.length(i);
                }
              });
      assertEquals(count == 0 ? 0 : 1, calls[0]);
      ByteBuffer buffer = ByteBuffer.allocateDirect(count);
      FileIo.preadFully(memory, buffer, 0);
      byte[] bytes = new byte[count];
      buffer.get(0, bytes);
      return bytes;
    }
  }

  @Override
  public void close() throws IOException {
    blobs.setFaultShare(0);
    reader.close();
    cache.close();
    CacheStats stats = cache.stats();
    assertEquals(0, stats.liveBytes(), stats.toString());
    assertEquals(0, stats.aheadBytes(), stats.toString());
    assertTrue(stats.peakBytes() <= stats.boundBytes(), stats.toString());
    blobs.checkAllClosed();
    store.close();
    local.close();
  }
}
