package io.snapfs.format.write;

import io.snapfs.format.Limits;
import io.snapfs.format.Progress;
import io.snapfs.format.chunk.Chunker;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.FileSpace;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Stat;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads file contents into windows, has the chunker find holes and cuts, and hands the pieces to
 * the pipeline. What the filesystem knows to be a hole is not read. One window serves many small
 * files. For one thread.
 */
final class FileFeeder implements AutoCloseable {
  /**
   * A window is left behind when less than this is free, so that big files are read in big pieces.
   */
  private static final int MIN_READ = 256 << 10;

  private final PackContext context;
  private final Pipeline pipeline;
  private final WindowPool pool;
  private final Chunker chunker;
  private final Progress progress;

  private FileContents.Bytes contents;
  private String name;

  private Window window;

  /** Bytes [begin, end) of the window are read but not yet cut. */
  private int begin;

  private int end;

  /** Logical bytes of the files that have been fed, holes included. */
  private long bytesRead;

  FileFeeder(
      PackContext context, Pipeline pipeline, WindowPool pool, Chunker chunker, Progress progress) {
    this.context = context;
    this.pipeline = pipeline;
    this.pool = pool;
    this.chunker = chunker;
    this.progress = progress;
  }

  /**
   * Feeds a whole regular file.
   *
   * @param stat its attributes, taken when it was opened
   * @throws SourceChangedException if it ends before its size
   */
  void feed(Fd file, Stat stat, int node) throws IOException {
    begin((target, offset) -> FileIo.pread(file, target, offset), file.path());
    long size = stat.size();
    if (stat.blocks() * 512 >= size) {
      feedData(0, size);
    } else {
      feedSparse(file, size);
    }
    end(size, node);
  }

  /**
   * Feeds a whole file whose bytes come from elsewhere.
   *
   * @param path the file's, for messages
   * @throws SourceChangedException if they end before its size
   */
  void feed(FileContents.Bytes bytes, String path, long size, int node) throws IOException {
    begin(bytes, path);
    feedData(0, size);
    end(size, node);
  }

  private void begin(FileContents.Bytes bytes, String path) {
    chunker.reset();
    contents = bytes;
    name = path;
  }

  private void end(long size, int node) throws IOException {
    bytesRead += size;
    tell(0);
    pipeline.takeFileEnd(node);
  }

  private void feedSparse(Fd file, long size) throws IOException {
    long position = 0;
    while (position < size) {
      long data = dataFrom(file, position, size);
      if (data > position) {
        pipeline.takeHole(position);
      }
      if (data < size) {
        long hole = Math.min(size, roundUp(FileSpace.seekHole(file, data)));
        feedData(data, hole);
        position = hole;
      } else {
        position = size;
      }
    }
  }

  /**
   * Where the next data begins, rounded down to a page but not before {@code position}; {@code
   * size} if there is none.
   */
  private static long dataFrom(Fd file, long position, long size) throws LinuxException {
    long data = FileSpace.seekData(file, position);
    if (data == FileSpace.NO_DATA || data >= size) {
      return size;
    }
    return Math.max(position, data / Limits.PAGE * Limits.PAGE);
  }

  private static long roundUp(long offset) {
    long rest = offset % Limits.PAGE;
    return rest == 0 ? offset : offset + (Limits.PAGE - rest);
  }

  private void feedData(long from, long to) throws IOException {
    begin = end;
    long cut = from;
    long read = from;
    while (cut < to) {
      makeRoom(to - read);
      int count = read(read, to);
      read += count;
      cut += cutAll(cut, read == to);
      tell(cut);
    }
  }

  private void tell(long offset) {
    progress.step("packing", bytesRead + offset, -1);
  }

  private int read(long offset, long to) throws IOException {
    int length = (int) Math.min(window.capacity() - end, to - offset);
    if (length == 0) {
      return 0;
    }
    int count = contents.read(window.slice(end, length), offset);
    if (count == 0) {
      throw new SourceChangedException(
          name, "became shorter (it ends at " + offset + ", not at " + to + ")");
    }
    end += count;
    return count;
  }

  /**
   * Makes sure that a read of {@code wanted} bytes finds room, by moving what isn't cut yet to a
   * new window if need be.
   */
  private void makeRoom(long wanted) throws IOException {
    if (wanted == 0 || (window != null && window.capacity() - end >= Math.min(wanted, MIN_READ))) {
      return;
    }
    Window next = takeWindow();
    if (window != null) {
      next.memory().put(0, window.memory(), begin, end - begin);
      window.release();
    }
    end -= begin;
    begin = 0;
    window = next;
  }

  private Window takeWindow() throws IOException {
    try {
      while (true) {
        pipeline.checkFailure();
        Window taken = pool.poll();
        if (taken != null) {
          return taken;
        }
      }
    } catch (InterruptedException e) {
      throw Failures.interrupted(e);
    }
  }

  /** Hands on all segments that can be told yet, and returns their length together. */
  private long cutAll(long fileOffset, boolean last) throws IOException {
    ByteBuffer memory = window.memory();
    long offset = fileOffset;
    while (begin < end) {
      int segment = chunker.next(memory, begin, end, last);
      if (segment == 0) {
        break;
      }
      if (segment > 0) {
        window.retain();
        pipeline.takeChunk(offset, new ChunkTask(context, window, begin, segment));
      } else {
        pipeline.takeHole(offset);
      }
      begin += Math.abs(segment);
      offset += Math.abs(segment);
    }
    return offset - fileOffset;
  }

  @Override
  public void close() {
    if (window != null) {
      window.release();
      window = null;
    }
  }
}
