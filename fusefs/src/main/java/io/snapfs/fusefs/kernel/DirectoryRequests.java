package io.snapfs.fusefs.kernel;

import io.snapfs.fusefs.transport.DirentWriter;
import io.snapfs.fusefs.transport.HandleTable;
import io.snapfs.fusefs.view.ErrnoException;
import io.snapfs.fusefs.view.FileSystemView;
import io.snapfs.fusefs.view.Validity;
import io.snapfs.linux.Errno;
import java.nio.ByteBuffer;

/** Requests about directories. Owns the open ones. */
final class DirectoryRequests {
  private final FileSystemView view;
  private final HandleTable<OpenDirectory> directories = new HandleTable<>();

  DirectoryRequests(FileSystemView view) {
    this.view = view;
  }

  void register(Dispatcher dispatcher) {
    dispatcher
        .on(Opcode.OPENDIR, OpenLayout.OPEN_SIZE, this::opendir)
        .on(Opcode.READDIR, OpenLayout.READ_SIZE, this::readdir)
        .on(Opcode.READDIRPLUS, OpenLayout.READ_SIZE, this::readdirplus)
        .on(Opcode.RELEASEDIR, OpenLayout.RELEASE_SIZE, this::releasedir);
  }

  /** Closes what the kernel has not released because the connection was aborted. */
  void closeAll() {
    directories.removeAll().forEach(directory -> directory.handle().close());
  }

  private void opendir(Request request, Reply reply) throws ErrnoException {
    long inode = request.inode();
    boolean settled = view.getattr(inode).validity() == Validity.FOREVER;
    long number = directories.add(new OpenDirectory(view.openDirectory(inode), settled));
    int flags = settled ? FuseProtocol.FOPEN_CACHE_DIR | FuseProtocol.FOPEN_KEEP_CACHE : 0;
    if (!OpenLayout.opened(reply, number, flags)) {
      directories.remove(number).handle().close();
    }
  }

  private OpenDirectory directory(Request request) throws ErrnoException {
    OpenDirectory directory = directories.get(OpenLayout.handle(request));
    if (directory == null) {
      throw new ErrnoException(Errno.EBADF);
    }
    return directory;
  }

  private static ByteBuffer room(Request request, Reply reply) {
    int size = OpenLayout.size(request);
    boolean fits = size >= 0 && size <= Reply.MAX_BODY;
    return reply.room(fits ? size : Reply.MAX_BODY);
  }

  private void readdir(Request request, Reply reply) throws ErrnoException {
    DirentWriter entries = new DirentWriter().into(room(request, reply));
    directory(request).handle().read(OpenLayout.offset(request), entries);
    reply.sendRoom();
  }

  private void readdirplus(Request request, Reply reply) throws ErrnoException {
    OpenDirectory directory = directory(request);
    EntryLookup lookup =
        directory.isSettled() ? name -> view.lookup(request.inode(), name) : EntryLookup.NONE;
    DirentPlusWriter entries = new DirentPlusWriter(room(request, reply), lookup);
    directory.handle().read(OpenLayout.offset(request), entries);
    reply.sendRoom();
  }

  private void releasedir(Request request, Reply reply) throws ErrnoException {
    OpenDirectory directory = directories.remove(OpenLayout.handle(request));
    if (directory == null) {
      throw new ErrnoException(Errno.EBADF);
    }
    directory.handle().close();
    reply.empty();
  }
}
