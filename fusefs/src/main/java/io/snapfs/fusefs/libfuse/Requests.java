package io.snapfs.fusefs.libfuse;

import com.kenai.jffi.MemoryIO;
import io.snapfs.fusefs.transport.HandleTable;
import io.snapfs.fusefs.view.DirectoryHandle;
import io.snapfs.fusefs.view.ErrnoException;
import io.snapfs.fusefs.view.FileHandle;
import io.snapfs.fusefs.view.FileSystemView;
import io.snapfs.linux.Errno;

/**
 * From libfuse's callbacks to the view and back. They come on {@link LibfuseThread}s, and each is
 * answered before it returns. Nothing is thrown into libfuse.
 */
final class Requests {
  private static final System.Logger LOG = System.getLogger(Requests.class.getName());
  private static final MemoryIO MEMORY = MemoryIO.getInstance();

  private final FileSystemView view;
  private final boolean direct;
  private final HandleTable<FileHandle> files = new HandleTable<>();
  private final HandleTable<DirectoryHandle> directories = new HandleTable<>();

  /**
   * Serves a view.
   *
   * @param direct whether files are read past the kernel's page cache
   */
  Requests(FileSystemView view, boolean direct) {
    this.view = view;
    this.direct = direct;
  }

  Operations operations() {
    return new Operations(LibFuseLoader.runtime())
        .set(Operations.LOOKUP, this::lookup)
        .set(Operations.FORGET, this::forget)
        .set(Operations.FORGET_MULTI, this::forget)
        .set(Operations.GETATTR, this::getattr)
        .set(Operations.READLINK, this::readlink)
        .set(Operations.OPEN, this::open)
        .set(Operations.READ, this::read)
        .set(Operations.RELEASE, this::release)
        .set(Operations.OPENDIR, this::opendir)
        .set(Operations.READDIR, this::readdir)
        .set(Operations.RELEASEDIR, this::releasedir)
        .set(Operations.STATFS, this::statfs)
        .set(Operations.GETXATTR, this::getxattr)
        .set(Operations.LISTXATTR, this::listxattr);
  }

  /** Closes what the kernel has not released because the connection was aborted. */
  void closeAll() {
    files.removeAll().forEach(FileHandle::close);
    directories.removeAll().forEach(DirectoryHandle::close);
  }

  private interface Answer {
    void give(Reply reply) throws ErrnoException;
  }

  private static void answer(long request, Answer answer) {
    Reply reply = LibfuseThread.reply();
    try {
      answer.give(reply);
    } catch (ErrnoException e) {
      reply.error(request, e.errno());
    } catch (RuntimeException | Error e) {
      reply.error(request, unexpected(e));
    }
  }

  private static int unexpected(Throwable e) {
    LOG.log(System.Logger.Level.ERROR, "a request failed, the caller gets EIO", e);
    return Errno.EIO;
  }

  private void lookup(long request, long parent, long name) {
    answer(request, reply -> reply.entry(request, view.lookup(parent, string(name))));
  }

  /** Nothing is kept per inode, so there is nothing to forget. */
  private void forget(long request, long inoOrCount, long lookupsOrInodes) {
    LibfuseThread.reply().none(request);
  }

  private void getattr(long request, long ino, long info) {
    answer(request, reply -> reply.attributes(request, view.getattr(ino)));
  }

  private void readlink(long request, long ino) {
    answer(request, reply -> reply.link(request, view.readlink(ino)));
  }

  private void open(long request, long ino, long info) {
    answer(
        request,
        reply -> {
          long number = files.add(view.open(ino));
          if (!reply.opened(request, info, number, direct)) {
            files.remove(number).close();
          }
        });
  }

  /** Allocates nothing. */
  private void read(long request, long ino, long size, long offset, long info) {
    Reply reply = LibfuseThread.reply();
    SlicedReply sliced = reply.sliced(request);
    int errno;
    try {
      FileHandle file = files.get(FileInfo.handle(info));
      errno = file == null ? Errno.EBADF : 0;
      if (file != null && file.read(offset, (int) size, sliced) == 0) {
        reply.nothing(request);
        return;
      }
    } catch (ErrnoException e) {
      errno = e.errno();
    } catch (RuntimeException | Error e) {
      errno = unexpected(e);
    }
    if (!sliced.isSent()) {
      reply.error(request, errno);
    }
  }

  private void release(long request, long ino, long info) {
    answer(
        request,
        reply -> {
          files.remove(FileInfo.handle(info)).close();
          reply.error(request, 0);
        });
  }

  private void opendir(long request, long ino, long info) {
    answer(
        request,
        reply -> {
          long number = directories.add(view.openDirectory(ino));
          if (!reply.opened(request, info, number, false)) {
            directories.remove(number).close();
          }
        });
  }

  private void readdir(long request, long ino, long size, long cookie, long info) {
    answer(
        request,
        reply -> {
          directories.get(FileInfo.handle(info)).read(cookie, reply.entries(size));
          reply.entriesEnd(request);
        });
  }

  private void releasedir(long request, long ino, long info) {
    answer(
        request,
        reply -> {
          directories.remove(FileInfo.handle(info)).close();
          reply.error(request, 0);
        });
  }

  private void statfs(long request, long ino) {
    answer(request, reply -> reply.usage(request, view.usage()));
  }

  private void getxattr(long request, long ino, long name, long size) {
    answer(request, reply -> reply.xattr(request, view.getxattr(ino, string(name)), size));
  }

  private void listxattr(long request, long ino, long size) {
    answer(request, reply -> reply.xattr(request, view.listxattr(ino), size));
  }

  /** A C string as the bytes that it is. */
  private static byte[] string(long address) {
    return MEMORY.getZeroTerminatedByteArray(address);
  }
}
