package io.snapfs.fusefs.view;

/**
 * A read-only file tree, by inode numbers.
 *
 * <p>An inode number means one file forever: when something else takes its place, that has another
 * number. So whatever the kernel keeps about an inode (its pages, its attributes, its entries)
 * can't go stale; only what {@link Validity#BRIEF} marks can.
 */
public interface FileSystemView {
  /** Inode number of the root directory. */
  long ROOT = 1;

  /**
   * Finds a name in a directory.
   *
   * @param name raw bytes, neither {@code .} nor {@code ..}
   * @throws ErrnoException ESTALE if the directory is gone, ENOTDIR, EIO
   */
  Entry lookup(long parent, byte[] name) throws ErrnoException;

  /** Attributes, and for how long they hold. Never absent. */
  Entry getattr(long ino) throws ErrnoException;

  /**
   * Where a symbolic link points.
   *
   * @throws ErrnoException EINVAL if it is not one
   */
  byte[] readlink(long ino) throws ErrnoException;

  /** Names of the extended attributes, each followed by a NUL, as listxattr(2) wants them. */
  byte[] listxattr(long ino) throws ErrnoException;

  /**
   * Value of an extended attribute.
   *
   * @throws ErrnoException ENODATA if there is none of that name
   */
  byte[] getxattr(long ino, byte[] name) throws ErrnoException;

  /**
   * Opens a regular file. The handle goes on reading the file even if its artifact is removed.
   *
   * @throws ErrnoException EISDIR, or EINVAL if it is neither
   */
  FileHandle open(long ino) throws ErrnoException;

  /**
   * Opens a directory: its entries as they are now. As long as the handle is open, what is below
   * the directory stays reachable through it, even if its artifact is removed.
   */
  DirectoryHandle openDirectory(long ino) throws ErrnoException;

  /**
   * Begins to tell somebody what is removed. Nobody needs it to see what is there, since what can
   * go holds only {@link Validity#BRIEF}ly; but what nobody looks at any more is kept until then.
   */
  default void addRemovalListener(RemovalListener listener) {}

  /** Tells no more; what is being told may still come. */
  default void removeRemovalListener(RemovalListener listener) {}

  /** Size of the whole. */
  Usage usage() throws ErrnoException;

  /**
   * What statfs(2) tells; nothing is ever free.
   *
   * @param bytes stored in all
   * @param files how many inodes, 0 if unknown
   */
  record Usage(long bytes, long files) {}
}
