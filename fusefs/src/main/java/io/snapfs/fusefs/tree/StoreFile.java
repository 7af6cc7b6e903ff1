package io.snapfs.fusefs.tree;

import io.snapfs.format.read.OpenFile;
import io.snapfs.fusefs.view.ErrnoException;
import io.snapfs.fusefs.view.FileHandle;
import io.snapfs.fusefs.view.ReadSink;
import io.snapfs.linux.Errno;
import java.io.IOException;

/** Owns an open file of an artifact and one hold on the artifact. */
final class StoreFile implements FileHandle {
  private final Artifact artifact;
  private final OpenFile file;
  private final FailureLog failures;

  StoreFile(Artifact artifact, OpenFile file, FailureLog failures) {
    this.artifact = artifact;
    this.file = file;
    this.failures = failures;
  }

  @Override
  public int read(long offset, int length, ReadSink sink) throws ErrnoException {
    if (offset < 0) {
      throw new ErrnoException(Errno.EINVAL);
    }
    try {
      return file.read(offset, length, sink);
    } catch (IOException e) {
      throw failures.eio(e);
    }
  }

  @Override
  public long seekData(long offset) throws ErrnoException {
    try {
      return found(file.seekData(offset));
    } catch (IOException e) {
      throw failures.eio(e);
    }
  }

  @Override
  public long seekHole(long offset) throws ErrnoException {
    try {
      return found(file.seekHole(offset));
    } catch (IOException e) {
      throw failures.eio(e);
    }
  }

  private static long found(long offset) throws ErrnoException {
    if (offset < 0) {
      throw new ErrnoException(Errno.ENXIO);
    }
    return offset;
  }

  @Override
  public void close() {
    file.close();
    artifact.release();
  }
}
