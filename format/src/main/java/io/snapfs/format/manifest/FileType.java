package io.snapfs.format.manifest;

/**
 * Types of files, numbered as {@code d_type} of readdir(3); shifted left by 12 they are the type
 * bits of {@code st_mode}.
 */
public final class FileType {
  public static final int FIFO = 1;
  public static final int CHARACTER_DEVICE = 2;
  public static final int DIRECTORY = 4;
  public static final int BLOCK_DEVICE = 6;
  public static final int REGULAR = 8;
  public static final int SYMLINK = 10;
  public static final int SOCKET = 12;

  private static final int SHIFT = 12;

  /** Type bits and permission bits of a mode; others are never set. */
  private static final int MODE_BITS = 0xffff;

  private FileType() {}

  /** Type of a {@code st_mode}. */
  public static int ofMode(int mode) {
    return mode >>> SHIFT;
  }

  /** Mode of a type and permission bits (including set-user-id, set-group-id, sticky). */
  public static int mode(int type, int permissions) {
    return type << SHIFT | permissions;
  }

  /** True if the mode has a type of this list and no bits beyond type and permissions. */
  public static boolean isKnownMode(int mode) {
    return (mode & ~MODE_BITS) == 0
        && switch (ofMode(mode)) {
          case FIFO, CHARACTER_DEVICE, DIRECTORY, BLOCK_DEVICE, REGULAR, SYMLINK, SOCKET -> true;
          default -> false;
        };
  }
}
