package io.snapfs.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A list of pieces of memory for {@link DeviceIo#writev}: an array of {@code struct iovec}, to be
 * filled again and again. Confined to a thread. It does not own the pieces: they must stay good
 * until the call is over.
 */
public final class IoVector {
  /** Most pieces that the kernel takes in one call, IOV_MAX. */
  public static final int MAX_PIECES = 1024;

  // struct iovec
  private static final int BASE = 0;
  private static final int LENGTH = 8;
  private static final int SIZE = 16;

  private final int capacity;
  private final ByteBuffer array;
  private final long address;

  /**
   * A vector.
   *
   * @param capacity most pieces that it can have, 1 to {@link #MAX_PIECES}
   */
  public IoVector(int capacity) {
    if (capacity < 1 || capacity > MAX_PIECES) {
      throw new IllegalArgumentException(capacity + " pieces are not in 1.." + MAX_PIECES);
    }
    this.capacity = capacity;
    this.array = ByteBuffer.allocateDirect(capacity * SIZE).order(ByteOrder.nativeOrder());
    this.address = Addresses.of(array);
  }

  /** Sets a piece. */
  public void set(int piece, long pieceAddress, long length) {
    int at = Objects.checkIndex(piece, capacity) * SIZE;
    array.putLong(at + BASE, pieceAddress).putLong(at + LENGTH, length);
  }

  /** Most pieces that it can have. */
  public int capacity() {
    return capacity;
  }

  long address() {
    return address;
  }

  void checkCount(int count) {
    if (count < 1 || count > capacity) {
      throw new IllegalArgumentException(count + " pieces of a vector of " + capacity);
    }
  }
}
