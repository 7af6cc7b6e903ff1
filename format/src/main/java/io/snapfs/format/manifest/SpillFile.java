package io.snapfs.format.manifest;

import io.snapfs.format.Limits;
import io.snapfs.format.SnapfsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;

/**
 * Owns a temporary file that grows at its end and can be read and patched anywhere, as if it were
 * memory, while only half a MiB of it is. Little-endian; numbers are naturally aligned. Closing
 * deletes it. Confined to one thread.
 *
 * <p>Pages are cached in slots chosen by page number modulo slots: builders append, and look back
 * mostly at what they wrote a moment ago.
 */
final class SpillFile implements AutoCloseable {
  private static final int PAGE_SHIFT = 14;
  private static final int PAGE = 1 << PAGE_SHIFT;
  private static final int SLOTS = 32;
  private static final long NOTHING = -1;
  private static final byte[] ZEROS = new byte[PAGE];

  private final Path path;
  private final FileChannel channel;
  private final ByteBuffer[] pages = new ByteBuffer[SLOTS];
  private final long[] held = new long[SLOTS];
  private final boolean[] dirty = new boolean[SLOTS];
  private long length;

  /**
   * @param scratch a directory for temporary files
   * @param name what it holds, for people who find it
   */
  SpillFile(Path scratch, String name) throws IOException {
    path =
        Files.createTempFile(scratch, "manifest-" + name.toLowerCase(Locale.ROOT) + "-", ".spill");
    channel =
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    Arrays.fill(held, NOTHING);
  }

  /** Bytes so far. */
  long length() {
    return length;
  }

  /** Appends {@code count} zero bytes and returns where they begin. */
  long extend(int count) throws SnapfsException {
    if (length + count > Limits.MAX_MANIFEST) {
      throw new SnapfsException(
          "the manifest would exceed its limit of "
              + Limits.MAX_MANIFEST
              + " bytes; pack the directory as several artifacts");
    }
    long at = length;
    length += count;
    return at;
  }

  /** Appends bytes and returns where they begin. */
  long append(byte[] bytes) throws IOException {
    long start = extend(bytes.length);
    put(start, bytes);
    return start;
  }

  void put(long start, byte[] bytes) throws IOException {
    for (int done = 0; done < bytes.length; ) {
      long at = start + done;
      int n = Math.min(bytes.length - done, PAGE - offset(at));
      change(at).put(offset(at), bytes, done, n);
      done += n;
    }
  }

  void get(long at, byte[] destination) throws IOException {
    for (int done = 0; done < destination.length; ) {
      int n = Math.min(destination.length - done, PAGE - offset(at + done));
      page(at + done).get(offset(at + done), destination, done, n);
      done += n;
    }
  }

  int u8(long at) throws IOException {
    return Byte.toUnsignedInt(page(at).get(offset(at)));
  }

  int u16(long at) throws IOException {
    return Short.toUnsignedInt(page(at).getShort(offset(at)));
  }

  int i32(long at) throws IOException {
    return page(at).getInt(offset(at));
  }

  long i64(long at) throws IOException {
    return page(at).getLong(offset(at));
  }

  void put8(long at, int value) throws IOException {
    change(at).put(offset(at), (byte) value);
  }

  void put16(long at, int value) throws IOException {
    change(at).putShort(offset(at), (short) value);
  }

  void put32(long at, int value) throws IOException {
    change(at).putInt(offset(at), value);
  }

  void put64(long at, long value) throws IOException {
    change(at).putLong(offset(at), value);
  }

  /** Hands on all bytes from the first to the last. */
  void copyTo(ByteSink sink) throws IOException {
    for (long at = 0; at < length; at += PAGE) {
      ByteBuffer page = page(at).duplicate();
      sink.accept(page.position(0).limit((int) Math.min(PAGE, length - at)));
    }
  }

  private static int offset(long at) {
    return (int) at & (PAGE - 1);
  }

  private ByteBuffer change(long at) throws IOException {
    ByteBuffer page = page(at);
    dirty[slot(at >>> PAGE_SHIFT)] = true;
    return page;
  }

  private static int slot(long page) {
    return (int) (page % SLOTS);
  }

  private ByteBuffer page(long at) throws IOException {
    long number = at >>> PAGE_SHIFT;
    int slot = slot(number);
    if (held[slot] != number) {
      replace(slot, number);
    }
    return pages[slot];
  }

  private void replace(int slot, long number) throws IOException {
    if (pages[slot] == null) {
      pages[slot] = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
    }
    ByteBuffer page = pages[slot];
    if (dirty[slot]) {
      writeBack(page, held[slot]);
      dirty[slot] = false;
    }
    held[slot] = NOTHING;
    page.clear();
    long position = number << PAGE_SHIFT;
    while (page.hasRemaining() && channel.read(page, position + page.position()) > 0) {}
    page.put(ZEROS, 0, page.remaining());
    page.clear();
    held[slot] = number;
  }

  private void writeBack(ByteBuffer page, long number) throws IOException {
    long position = number << PAGE_SHIFT;
    try {
      page.clear();
      while (page.hasRemaining()) {
        channel.write(page, position + page.position());
      }
      page.clear();
    } catch (IOException e) {
      throw new SnapfsException(
          "cannot write the temporary file " + path + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
