package io.snapfs.format.read;

import io.snapfs.format.CorruptException;
import io.snapfs.format.codec.ChunkDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Chunks that are made up on the spot: byte {@code i} of chunk {@code c} is {@code (byte) (31 * c +
 * i)}. Counts what is asked of it, and fails or blocks on demand.
 */
final class FakeSource implements ChunkSource {
  private final int[] lengths;
  private final AtomicIntegerArray decodes;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger users = new AtomicInteger();
  private final Set<Integer> damaged = ConcurrentHashMap.newKeySet();
  private volatile IOException storeError;
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private final AtomicInteger atGate = new AtomicInteger();

  FakeSource(int... lengths) {
    this.lengths = lengths;
    this.decodes = new AtomicIntegerArray(lengths.length);
  }

  /** Chunks of one length. */
  static FakeSource uniform(int count, int length) {
    int[] lengths = new int[count];
    Arrays.fill(lengths, length);
    return new FakeSource(lengths);
  }

  static byte expected(int chunk, int index) {
    return (byte) (31 * chunk + index);
  }

  int count() {
    return lengths.length;
  }

  int decodes(int chunk) {
    return decodes.get(chunk);
  }

  /** Requests to the store. */
  int requests() {
    return requests.get();
  }

  /** Those who keep it open. */
  int users() {
    return users.get();
  }

  void damage(int chunk) {
    damaged.add(chunk);
  }

  /** Null heals it. */
  void failStore(IOException error) {
    storeError = error;
  }

  /** Stops all requests to the store until {@link CountDownLatch#countDown}. */
  CountDownLatch block() {
    gate = new CountDownLatch(1);
    return gate;
  }

  /** Waits until so many requests have been stopped. */
  void awaitBlocked(int count) {
    while (atGate.get() < count) {
      Thread.onSpinWait();
    }
  }

  /** Whether the chunk has its bytes. */
  static boolean isRight(CachedChunk cached, int chunk) {
    for (int i = 0; i < cached.plainLength(); i += 61) {
      if (cached.bytes().get(i) != expected(chunk, i)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void key(int chunk, ChunkKey key) {
    key.set(7, storedOffset(chunk), chunk, lengths[chunk], 0);
  }

  @Override
  public int plainLength(int chunk) {
    return lengths[chunk];
  }

  @Override
  public int storedLength(int chunk) {
    return 1 + lengths[chunk] / 4;
  }

  @Override
  public long storedOffset(int chunk) {
    long offset = 128;
    for (int i = 0; i < chunk; i++) {
      offset += storedLength(i);
    }
    return offset;
  }

  @Override
  public int pack(int chunk) {
    return 0;
  }

  @Override
  public void readStored(int pack, long offset, ByteBuffer destination) throws IOException {
    requests.incrementAndGet();
    try {
      atGate.incrementAndGet();
      gate.await();
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
    IOException error = storeError;
    if (error != null) {
      throw error;
    }
    destination.position(destination.limit());
  }

  @Override
  public void decode(ChunkDecoder decoder, int chunk, ByteBuffer stored, ByteBuffer plain)
      throws IOException {
    if (stored.remaining() != storedLength(chunk) || plain.remaining() != lengths[chunk]) {
      throw new IllegalArgumentException("wrong lengths for chunk " + chunk);
    }
    decodes.incrementAndGet(chunk);
    for (int i = 0; i < plain.remaining(); i++) {
      plain.put(i, expected(chunk, i));
    }
    if (damaged.contains(chunk)) {
      throw new CorruptException("fake.pack", storedOffset(chunk), "its checksum is wrong");
    }
  }

  @Override
  public void retain() {
    users.incrementAndGet();
  }

  @Override
  public void release() {
    users.decrementAndGet();
  }
}
