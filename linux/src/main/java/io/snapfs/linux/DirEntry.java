package io.snapfs.linux;

import java.util.Arrays;

/**
 * An entry of a directory.
 *
 * @param name as it is on disk, one to 255 bytes
 * @param ino the inode number
 * @param type one of the constants of this class; {@link #DT_UNKNOWN} where the filesystem does not
 *     say, then ask {@link Stat#lstatAt}
 */
@SuppressWarnings("ArrayRecordComponent") // equality and text are by the name's contents, below
public record DirEntry(byte[] name, long ino, byte type) {
  public static final byte DT_UNKNOWN = 0;
  public static final byte DT_FIFO = 1;
  public static final byte DT_CHR = 2;
  public static final byte DT_DIR = 4;
  public static final byte DT_BLK = 6;
  public static final byte DT_REG = 8;
  public static final byte DT_LNK = 10;
  public static final byte DT_SOCK = 12;

  @Override
  public boolean equals(Object other) {
    return other instanceof DirEntry that
        && Arrays.equals(name, that.name)
        && ino == that.ino
        && type == that.type;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(name) * 31 + Long.hashCode(ino);
  }

  @Override
  public String toString() {
    return Names.printable(name) + " (ino " + ino + ", type " + type + ")";
  }
}
