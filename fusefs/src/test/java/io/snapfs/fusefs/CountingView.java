package io.snapfs.fusefs;

import io.snapfs.format.read.PlacedSink;
import io.snapfs.fusefs.view.DirectoryHandle;
import io.snapfs.fusefs.view.Entry;
import io.snapfs.fusefs.view.ErrnoException;
import io.snapfs.fusefs.view.FileHandle;
import io.snapfs.fusefs.view.FileSystemView;
import io.snapfs.fusefs.view.ReadSink;
import io.snapfs.fusefs.view.RemovalListener;
import io.snapfs.linux.Fd;
import java.util.concurrent.atomic.AtomicInteger;

/** Another view, with the reads counted that arrive there. */
final class CountingView implements FileSystemView {
  private final FileSystemView view;
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger longest = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();

  CountingView(FileSystemView view) {
    this.view = view;
  }

  /** Reads since this was asked last. */
  int takeReads() {
    return reads.getAndSet(0);
  }

  /** The most bytes that a read asked for since this was asked last. */
  int takeLongestRead() {
    return longest.getAndSet(0);
  }

  /** Files that are open. */
  int open() {
    return open.get();
  }

  @Override
  public Entry lookup(long parent, byte[] name) throws ErrnoException {
    return view.lookup(parent, name);
  }

  @Override
  public Entry getattr(long ino) throws ErrnoException {
    return view.getattr(ino);
  }

  @Override
  public byte[] readlink(long ino) throws ErrnoException {
    return view.readlink(ino);
  }

  @Override
  public byte[] listxattr(long ino) throws ErrnoException {
    return view.listxattr(ino);
  }

  @Override
  public byte[] getxattr(long ino, byte[] name) throws ErrnoException {
    return view.getxattr(ino, name);
  }

  @Override
  public FileHandle open(long ino) throws ErrnoException {
    FileHandle file = view.open(ino);
    open.incrementAndGet();
    return new FileHandle() {
      @Override
      public int read(long offset, int length, ReadSink sink) throws ErrnoException {
        reads.incrementAndGet();
        longest.accumulateAndGet(length, Math::max);
        return file.read(offset, length, sink);
      }

      @Override
      public long seekData(long offset) throws ErrnoException {
        return file.seekData(offset);
      }

      @Override
      public long seekHole(long offset) throws ErrnoException {
        return file.seekHole(offset);
      }

      @Override
      public void readAround(long offset, PlacedSink sink) {
        file.readAround(offset, sink);
      }

      @Override
      public boolean readOn(long offset, PlacedSink sink) {
        return file.readOn(offset, sink);
      }

      @Override
      public Fd backing() {
        return file.backing();
      }

      @Override
      public void close() {
        open.decrementAndGet();
        file.close();
      }
    };
  }

  @Override
  public DirectoryHandle openDirectory(long ino) throws ErrnoException {
    return view.openDirectory(ino);
  }

  @Override
  public void addRemovalListener(RemovalListener listener) {
    view.addRemovalListener(listener);
  }

  @Override
  public void removeRemovalListener(RemovalListener listener) {
    view.removeRemovalListener(listener);
  }

  @Override
  public Usage usage() throws ErrnoException {
    return view.usage();
  }
}
