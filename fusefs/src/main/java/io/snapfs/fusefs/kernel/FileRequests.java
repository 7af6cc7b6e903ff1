package io.snapfs.fusefs.kernel;

import io.snapfs.fusefs.transport.HandleTable;
import io.snapfs.fusefs.view.ErrnoException;
import io.snapfs.fusefs.view.FileHandle;
import io.snapfs.fusefs.view.FileSystemView;
import io.snapfs.linux.Errno;
import io.snapfs.linux.Open;
import java.nio.ByteBuffer;

/** Requests about regular files. Owns the open ones. */
final class FileRequests {
  private static final int ACCESS_MODE = 3;

  // struct fuse_lseek_in: as a read, with whence in place of the size; out: u64 offset
  private static final int LSEEK_IN_SIZE = 24;
  private static final int LSEEK_OUT_SIZE = 8;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;

  private final FileSystemView view;
  private final HandleTable<FileHandle> files = new HandleTable<>();

  private final Backings backings;
  private final PageFeeder feeder;

  /** FOPEN_ flags of a file that has no backing file. */
  private final int openFlags;

  /**
   * Serves the files of a view.
   *
   * @param backings how the kernel reads past us
   * @param feeder gets what short reads leave over
   */
  FileRequests(FileSystemView view, Backings backings, PageFeeder feeder) {
    this(view, backings, feeder, FuseProtocol.FOPEN_KEEP_CACHE);
  }

  private FileRequests(FileSystemView view, Backings backings, PageFeeder feeder, int openFlags) {
    this.view = view;
    this.backings = backings;
    this.feeder = feeder;
    this.openFlags = openFlags;
  }

  /**
   * Serves the files of a view past the kernel's page cache: all reads come here, as long as the
   * reader asks for. What mappings have brought into the page cache stays there.
   */
  static FileRequests direct(FileSystemView view) {
    int flags = FuseProtocol.FOPEN_DIRECT_IO | FuseProtocol.FOPEN_KEEP_CACHE;
    return new FileRequests(view, Backings.none(), null, flags);
  }

  void register(Dispatcher dispatcher) {
    dispatcher
        .on(Opcode.OPEN, OpenLayout.OPEN_SIZE, this::open)
        .on(Opcode.READ, OpenLayout.READ_SIZE, this::read)
        .on(Opcode.LSEEK, LSEEK_IN_SIZE, this::lseek)
        .on(Opcode.RELEASE, OpenLayout.RELEASE_SIZE, this::release);
  }

  /** Closes what the kernel has not released because the connection was aborted. */
  void closeAll() {
    backings.forgetAll();
    files.removeAll().forEach(FileHandle::close);
  }

  private void open(Request request, Reply reply) throws ErrnoException {
    if ((OpenLayout.openFlags(request) & ACCESS_MODE) != Open.O_RDONLY) {
      throw new ErrnoException(Errno.EROFS);
    }
    FileHandle file = view.open(request.inode());
    int backing = backings.opened(request.inode(), file.backing());
    if (backing == Backings.REFUSED) { // materialised since, for somebody who was faster?
      file.close();
      file = view.open(request.inode());
      backing = backings.opened(request.inode(), file.backing());
    }
    if (backing == Backings.REFUSED) {
      file.close();
      throw new ErrnoException(Errno.EIO);
    }
    long number = files.add(file);
    int flags =
        backing == Backings.CACHED
            ? openFlags
            : FuseProtocol.FOPEN_PASSTHROUGH; // which the kernel takes only alone
    if (!OpenLayout.opened(reply, number, flags, backing)) {
      close(request.inode(), files.remove(number));
    }
  }

  private void close(long inode, FileHandle file) {
    backings.released(inode); // before the backing file is closed with the handle
    file.close();
  }

  private FileHandle file(Request request) throws ErrnoException {
    FileHandle file = files.get(OpenLayout.handle(request));
    if (file == null) {
      throw new ErrnoException(Errno.EBADF);
    }
    return file;
  }

  /** Allocates nothing. */
  private void read(Request request, Reply reply) throws ErrnoException {
    FileHandle file = file(request);
    long offset = OpenLayout.offset(request);
    int size = OpenLayout.size(request);
    if (offset < 0 || size < 0 || size > FileHandle.MAX_READ) {
      throw new ErrnoException(Errno.EINVAL);
    }
    int read = file.read(offset, size, reply);
    if (read == 0) {
      reply.empty();
    } else if (read <= PageFeeder.LONGEST_READ && read == size && isCached(request)) {
      feeder.offer(file, request.inode(), offset);
    }
  }

  /** Whether what a read brings stays in the page cache, so that more of it is of use there. */
  private boolean isCached(Request request) {
    return feeder != null && !OpenLayout.isDirect(request);
  }

  private void lseek(Request request, Reply reply) throws ErrnoException {
    FileHandle file = file(request);
    long offset = OpenLayout.offset(request);
    if (offset < 0) {
      throw new ErrnoException(Errno.ENXIO);
    }
    long found =
        switch (OpenLayout.size(request)) {
          case SEEK_DATA -> file.seekData(offset);
          case SEEK_HOLE -> file.seekHole(offset);
          default -> throw new ErrnoException(Errno.EINVAL);
        };
    ByteBuffer out = reply.structure(LSEEK_OUT_SIZE);
    out.putLong(out.position(), found);
    reply.sendStructure(LSEEK_OUT_SIZE);
  }

  private void release(Request request, Reply reply) throws ErrnoException {
    FileHandle file = files.remove(OpenLayout.handle(request));
    if (file == null) {
      throw new ErrnoException(Errno.EBADF);
    }
    close(request.inode(), file);
    reply.empty();
  }
}
