package io.snapfs.linux;

import java.nio.ByteBuffer;

/**
 * A filesystem's size and kind: statfs(2).
 *
 * @param type the filesystem's magic number, such as {@link #TMPFS_MAGIC}
 * @param blockSize unit of the numbers of blocks, in bytes
 * @param blocks how many there are
 * @param freeBlocks how many are free
 * @param availableBlocks how many are free for users other than root
 * @param files how many inodes there can be, 0 if unlimited
 * @param freeFiles how many of them are free
 * @param nameLength the longest name in bytes
 */
public record StatFs(
    long type,
    long blockSize,
    long blocks,
    long freeBlocks,
    long availableBlocks,
    long files,
    long freeFiles,
    long nameLength) {
  public static final long TMPFS_MAGIC = 0x01021994;
  public static final long EXT4_MAGIC = 0xEF53;
  public static final long FUSE_MAGIC = 0x65735546;
  public static final long OVERLAYFS_MAGIC = 0x794c7630;

  // struct statfs of asm-generic/statfs.h, 64-bit
  private static final int TYPE = 0;
  private static final int BLOCK_SIZE = 8;
  private static final int BLOCKS = 16;
  private static final int FREE_BLOCKS = 24;
  private static final int AVAILABLE_BLOCKS = 32;
  private static final int FILES = 40;
  private static final int FREE_FILES = 48;
  private static final int NAME_LENGTH = 64;

  /** The filesystem that an open file lies on. */
  public static StatFs of(Fd fd) throws LinuxException {
    Scratch scratch = Scratch.get();
    if (Native.system().fstatfs(fd.intValue(), scratch.address()) != 0) {
      throw LinuxException.last("fstatfs", fd);
    }
    return decode(scratch.buffer());
  }

  /** The filesystem that a path leads to; a symbolic link is followed. */
  public static StatFs of(byte[] path) throws LinuxException {
    Scratch scratch = Scratch.get();
    if (Native.system().statfs(Names.terminated(path), scratch.address()) != 0) {
      throw LinuxException.last("statfs", Names.printable(path));
    }
    return decode(scratch.buffer());
  }

  private static StatFs decode(ByteBuffer statfs) {
    return new StatFs(
        statfs.getLong(TYPE),
        statfs.getLong(BLOCK_SIZE),
        statfs.getLong(BLOCKS),
        statfs.getLong(FREE_BLOCKS),
        statfs.getLong(AVAILABLE_BLOCKS),
        statfs.getLong(FILES),
        statfs.getLong(FREE_FILES),
        statfs.getLong(NAME_LENGTH));
  }
}
