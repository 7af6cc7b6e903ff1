package io.snapfs.fusefs.kernel;

import io.snapfs.fusefs.view.Entry;
import io.snapfs.fusefs.view.ErrnoException;
import io.snapfs.fusefs.view.FileSystemView;
import io.snapfs.fusefs.view.FileSystemView.Usage;
import io.snapfs.fusefs.view.InodeAttributes;
import io.snapfs.linux.Errno;
import java.nio.ByteBuffer;

/**
 * Requests about names, attributes and the whole.
 *
 * <p>Nothing is kept per inode, here or in the view, so there is nothing to forget: the kernel's
 * counts of lookups are not of interest.
 */
final class InodeRequests {
  // struct fuse_getxattr_in: u32 size, 4 bytes reserved, name; struct fuse_getxattr_out alike.
  private static final int XATTR_SIZE = 0;
  private static final int XATTR_NAME = 8;
  private static final int XATTR_OUT_SIZE = 8;

  // struct fuse_statfs_out
  private static final int STATFS_BLOCKS = 0;
  private static final int STATFS_FILES = 24;
  private static final int STATFS_BLOCK_SIZE = 40;
  private static final int STATFS_NAME_LENGTH = 44;
  private static final int STATFS_FRAGMENT_SIZE = 48;
  private static final int STATFS_OUT_SIZE = 80;
  private static final int NAME_LENGTH = 255;

  private static final int GETATTR_IN_SIZE = 16;

  private final FileSystemView view;

  InodeRequests(FileSystemView view) {
    this.view = view;
  }

  void register(Dispatcher dispatcher) {
    dispatcher
        .on(Opcode.LOOKUP, 0, this::lookup)
        .on(Opcode.FORGET, 0, (request, reply) -> reply.none())
        .on(Opcode.BATCH_FORGET, 0, (request, reply) -> reply.none())
        .on(Opcode.NOTIFY_REPLY, 0, (request, reply) -> reply.none())
        .on(Opcode.GETATTR, GETATTR_IN_SIZE, this::getattr)
        .on(Opcode.READLINK, 0, this::readlink)
        .on(Opcode.GETXATTR, XATTR_NAME, this::getxattr)
        .on(Opcode.LISTXATTR, XATTR_NAME, this::listxattr)
        .on(Opcode.STATFS, 0, this::statfs)
        .on(Opcode.DESTROY, 0, (request, reply) -> reply.empty());
  }

  private void lookup(Request request, Reply reply) throws ErrnoException {
    Entry entry = view.lookup(request.inode(), request.name(0));
    ByteBuffer out = reply.structure(AttributeLayout.ENTRY_SIZE);
    AttributeLayout.putEntry(out, out.position(), entry);
    reply.sendStructure(AttributeLayout.ENTRY_SIZE);
  }

  private void getattr(Request request, Reply reply) throws ErrnoException {
    Entry entry = view.getattr(request.inode());
    ByteBuffer out = reply.structure(AttributeLayout.ATTRIBUTES_SIZE);
    AttributeLayout.putAttributes(out, out.position(), entry);
    reply.sendStructure(AttributeLayout.ATTRIBUTES_SIZE);
  }

  private void readlink(Request request, Reply reply) throws ErrnoException {
    byte[] target = view.readlink(request.inode());
    reply.room(target.length).put(target);
    reply.sendRoom();
  }

  private void getxattr(Request request, Reply reply) throws ErrnoException {
    byte[] value = view.getxattr(request.inode(), request.name(XATTR_NAME));
    xattr(request, reply, value);
  }

  private void listxattr(Request request, Reply reply) throws ErrnoException {
    xattr(request, reply, view.listxattr(request.inode()));
  }

  /** The length if the caller asks for it, or the value. */
  private static void xattr(Request request, Reply reply, byte[] value) throws ErrnoException {
    int size = request.u32(XATTR_SIZE);
    if (size == 0) {
      ByteBuffer out = reply.structure(XATTR_OUT_SIZE);
      out.putInt(out.position() + XATTR_SIZE, value.length);
      reply.sendStructure(XATTR_OUT_SIZE);
    } else if (Integer.compareUnsigned(value.length, size) > 0) {
      throw new ErrnoException(Errno.ERANGE);
    } else {
      reply.room(value.length).put(value);
      reply.sendRoom();
    }
  }

  private void statfs(Request request, Reply reply) throws ErrnoException {
    Usage usage = view.usage();
    int unit = InodeAttributes.BLOCK_SIZE;
    ByteBuffer out = reply.structure(STATFS_OUT_SIZE);
    int at = out.position();
    out.putLong(at + STATFS_BLOCKS, (usage.bytes() + unit - 1) / unit)
        .putLong(at + STATFS_FILES, usage.files())
        .putInt(at + STATFS_BLOCK_SIZE, unit)
        .putInt(at + STATFS_NAME_LENGTH, NAME_LENGTH)
        .putInt(at + STATFS_FRAGMENT_SIZE, unit);
    reply.sendStructure(STATFS_OUT_SIZE);
  }
}
