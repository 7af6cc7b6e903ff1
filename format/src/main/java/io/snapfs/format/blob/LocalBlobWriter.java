package io.snapfs.format.blob;

import io.snapfs.format.AlreadyExistsException;
import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileIo;
import io.snapfs.linux.FileSync;
import io.snapfs.linux.LinuxException;
import io.snapfs.linux.PageAligned;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A temporary file of a session that becomes a blob. Small writes are gathered. Large aligned ones
 * go past the page cache where the filesystem can do that ({@link DirectWrites}); of the rest the
 * kernel is told to write back every few megabytes. So little is left to wait for when the blob is
 * published.
 */
final class LocalBlobWriter implements BlobWriter {
  private static final int STAGE_BYTES = 256 << 10;

  /** Large enough for the disk, small enough that the last one is soon written. */
  private static final long WRITEBACK_BYTES = 8L << 20;

  private enum State {
    OPEN,
    FAILED,
    PUBLISHED,
    CLOSED
  }

  private final Root root;
  private final String key;
  private final String temporary;
  private final Fd fd;
  private final ByteBuffer stage = PageAligned.allocate(STAGE_BYTES);
  private long flushed;
  private long writebackFrom;
  private State state = State.OPEN;

  /** Opened by the first write that it could do. */
  private DirectWrites direct;

  LocalBlobWriter(Root root, String key, String temporary) throws LinuxException {
    this.root = root;
    this.key = key;
    this.temporary = temporary;
    this.fd = root.createNew(temporary);
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public long length() {
    return flushed + stage.position();
  }

  @Override
  public void write(ByteBuffer source) throws IOException {
    expectOpen();
    state = State.FAILED; // until this call has done all of its work
    try {
      if (source.isDirect() && source.remaining() >= STAGE_BYTES) {
        flush();
        writeThrough(source);
      } else {
        gather(source);
      }
    } catch (LinuxException e) {
      throw Failures.writing(describe(), e);
    }
    state = State.OPEN;
  }

  private void gather(ByteBuffer source) throws LinuxException {
    while (source.hasRemaining()) {
      if (!stage.hasRemaining()) {
        flush();
      }
      int count = Math.min(stage.remaining(), source.remaining());
      stage.put(stage.position(), source, source.position(), count);
      stage.position(stage.position() + count);
      source.position(source.position() + count);
    }
  }

  private void flush() throws LinuxException {
    stage.flip();
    writeThrough(stage);
    stage.clear();
  }

  private void writeThrough(ByteBuffer source) throws LinuxException {
    int count = source.remaining();
    if (count >= STAGE_BYTES && direct == null) {
      direct = DirectWrites.open(root, temporary);
    }
    if (direct != null && direct.tryWrite(source, flushed)) {
      flushed += count;
      writebackFrom = flushed;
      return;
    }
    FileIo.pwriteFully(fd, source, flushed);
    flushed += count;
    if (flushed - writebackFrom >= WRITEBACK_BYTES) {
      startWriteback();
    }
  }

  private void startWriteback() throws LinuxException {
    try {
      FileSync.syncFileRange(
          fd, writebackFrom, flushed - writebackFrom, FileSync.SYNC_FILE_RANGE_WRITE);
    } catch (LinuxException e) {
      // Not every filesystem can; then the final sync has more to do.
      if (!e.isErrno(Errno.EINVAL) && !e.isErrno(Errno.ENOSYS) && !e.isErrno(Errno.ESPIPE)) {
        throw e;
      }
    }
    writebackFrom = flushed;
  }

  @Override
  public void publish(IfExists ifExists) throws IOException {
    expectOpen();
    state = State.FAILED;
    try {
      flush();
      FileSync.fdatasync(fd);
      root.ensureDirectory(Keys.parent(key));
      if (ifExists == IfExists.REPLACE) {
        root.replace(temporary, key);
      } else {
        root.moveNew(temporary, key);
      }
    } catch (LinuxException e) {
      throw ifExists == IfExists.FAIL && e.isErrno(Errno.EEXIST)
          ? new AlreadyExistsException(describe() + " exists already")
          : Failures.writing(describe(), e);
    }
    // From here on it is visible and stays so: another writer may rely on it already.
    state = State.PUBLISHED;
    try {
      root.syncDirectory(Keys.parent(key));
    } catch (LinuxException e) {
      throw new SnapfsException(
          describe() + " was published but may not survive a power cut: " + e.getMessage(), e);
    }
  }

  private void expectOpen() {
    if (state != State.OPEN) {
      throw new IllegalStateException(
          describe() + ": the writer is " + state + " and takes no more");
    }
  }

  private String describe() {
    return root.resolve(key).toString();
  }

  @Override
  public void close() throws IOException {
    if (state == State.CLOSED) {
      return;
    }
    boolean discard = state != State.PUBLISHED;
    release();
    if (discard) {
      try {
        root.unlink(temporary);
      } catch (LinuxException e) {
        throw Failures.writing(root.resolve(temporary).toString(), e);
      }
    }
  }

  /** Lets the temporary file go as it is, as the end of the process does. */
  void release() {
    state = State.CLOSED;
    if (direct != null) {
      direct.close();
    }
    fd.close();
  }
}
