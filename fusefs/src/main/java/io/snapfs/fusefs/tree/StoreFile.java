package io.snapfs.fusefs.tree;

import io.snapfs.format.node.HotFile;
import io.snapfs.format.node.NodeFile;
import io.snapfs.format.read.OpenFile;
import io.snapfs.format.read.PlacedSink;
import io.snapfs.fusefs.view.ErrnoException;
import io.snapfs.fusefs.view.FileHandle;
import io.snapfs.fusefs.view.ReadSink;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Fd;
import java.io.IOException;

/**
 * Owns an open file of an artifact and one hold on the artifact; and a use of its materialised
 * file, if there is one. That is then read, and if it fails, decoded chunks are.
 */
final class StoreFile implements FileHandle {
  private final Artifact artifact;
  private final OpenFile file;
  private final HotFile hot;
  private final NodeFile materialized;
  private final FailureLog failures;
  private volatile boolean decodes;

  /**
   * Takes over the hold and the files.
   *
   * @param hot to be told of reads; null if nobody wants to know
   * @param materialized null if there is none
   */
  StoreFile(
      Artifact artifact, OpenFile file, HotFile hot, NodeFile materialized, FailureLog failures) {
    this.artifact = artifact;
    this.file = file;
    this.hot = hot;
    this.materialized = materialized;
    this.failures = failures;
    decodes = materialized == null;
  }

  @Override
  public int read(long offset, int length, ReadSink sink) throws ErrnoException {
    if (offset < 0) {
      throw new ErrnoException(Errno.EINVAL);
    }
    if (!decodes) {
      int available = (int) Math.max(0, Math.min(length, file.size() - offset));
      if (available == 0 || readMaterialized(offset, available, sink)) {
        return available;
      }
      decodes = true;
    }
    try {
      int count = file.read(offset, length, sink);
      if (hot != null) {
        hot.read(count);
      }
      return count;
    } catch (IOException e) {
      throw failures.eio(e);
    }
  }

  private boolean readMaterialized(long offset, int length, ReadSink sink) {
    long room = sink.room();
    if (!materialized.read(offset, length, room)) {
      return false;
    }
    sink.piece(room, length);
    sink.end();
    return true;
  }

  @Override
  public void readAround(long offset, PlacedSink sink) {
    if (decodes) {
      try {
        file.readAround(offset, sink);
      } catch (IOException e) {
        return; // closed, or damaged: whoever reads there is told
      }
    }
  }

  @Override
  public boolean readOn(long offset, PlacedSink sink) {
    try {
      return decodes && file.readOn(offset, sink);
    } catch (IOException e) {
      return false; // closed, or damaged: whoever reads there is told
    }
  }

  @Override
  public Fd backing() {
    return materialized == null ? null : materialized.fd();
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
    if (materialized != null) {
      materialized.close();
    }
    file.close();
    artifact.release();
  }
}
