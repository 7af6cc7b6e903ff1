package io.snapfs.format.manifest;

/**
 * Attributes of one file, directory or other node: a copy of its record in the manifest.
 *
 * @param index of the node; the inode number is one more
 * @param mode type and permissions as in stat(2)
 * @param linkCount names of this node within the artifact; directories: 2 + subdirectories
 * @param size bytes of a regular file, length of a symlink's target, else 0
 * @param mtimeSeconds since the epoch, may be negative
 * @param deviceMajor of a device node, else 0
 * @param part index of its part
 * @param first index of the first extent (regular) or entry (directory); offset of the target
 *     (symlink)
 * @param count number of extents or entries; length of the target
 * @param firstXattr index of its first xattr
 * @param parent a directory that names it; the root: itself
 * @param entry index of the entry there that names it; the root: -1
 */
public record Node(
    int index,
    int mode,
    int uid,
    int gid,
    int linkCount,
    long size,
    long mtimeSeconds,
    int mtimeNanos,
    int deviceMajor,
    int deviceMinor,
    int part,
    long first,
    int count,
    int firstXattr,
    int xattrCount,
    int parent,
    long entry) {

  /** One of the constants of {@link FileType}. */
  public int type() {
    return FileType.ofMode(mode);
  }

  public boolean isDirectory() {
    return type() == FileType.DIRECTORY;
  }

  public boolean isRegular() {
    return type() == FileType.REGULAR;
  }

  public boolean isSymlink() {
    return type() == FileType.SYMLINK;
  }

  /** The lower 12 bits of the mode: permissions, set-user-id, set-group-id, sticky. */
  public int permissions() {
    return mode & 0xfff;
  }
}
