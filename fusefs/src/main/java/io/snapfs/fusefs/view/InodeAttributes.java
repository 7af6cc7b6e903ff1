package io.snapfs.fusefs.view;

import io.snapfs.linux.Mode;

/**
 * What stat(2) tells about an inode. Access and change time are the modification time: nothing here
 * is ever accessed or changed in a way that would be recorded.
 *
 * @param ino inode number, never 0
 * @param mode type and permissions, see {@link Mode}
 * @param nlink hard links; of a directory, 2 and the number of subdirectories
 * @param uid owner, an unsigned 32-bit number
 * @param gid group, an unsigned 32-bit number
 * @param rdevMajor device that a device node stands for
 * @param rdevMinor device that a device node stands for
 * @param size in bytes; of a symbolic link, its target's length
 * @param blocks units of 512 bytes that are not holes
 * @param mtimeSeconds last change of the contents, since 1970
 * @param mtimeNanos nanoseconds of it
 */
public record InodeAttributes(
    long ino,
    int mode,
    int nlink,
    int uid,
    int gid,
    int rdevMajor,
    int rdevMinor,
    long size,
    long blocks,
    long mtimeSeconds,
    int mtimeNanos) {

  /** Preferred size of a read in bytes, {@code st_blksize}. */
  public static final int BLOCK_SIZE = 4096;

  /** Unit of {@link #blocks()} in bytes. */
  public static final int BLOCK_UNIT = 512;

  /** Whether it is a directory. */
  public boolean isDirectory() {
    return Mode.type(mode) == Mode.S_IFDIR;
  }
}
