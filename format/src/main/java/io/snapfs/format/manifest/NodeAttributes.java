package io.snapfs.format.manifest;

import io.snapfs.format.Limits;

/**
 * What a packer knows of a node when it meets it. Name, links, extents and xattrs are told to the
 * {@link ManifestBuilder} apart.
 *
 * @param mode type and permissions as in stat(2)
 * @param size bytes of a regular file; ignored for other types
 * @param mtimeSeconds since the epoch, may be negative
 * @param mtimeNanos 0 to 999,999,999
 * @param deviceMajor of a device node, else 0
 * @param part index of its part
 * @param symlinkTarget of a symlink (1 to 4,095 bytes), else null
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record NodeAttributes(
    int mode,
    int uid,
    int gid,
    long size,
    long mtimeSeconds,
    int mtimeNanos,
    int deviceMajor,
    int deviceMinor,
    int part,
    byte[] symlinkTarget) {

  /** Checks what can be checked without the rest of the tree. */
  public NodeAttributes {
    if (!FileType.isKnownMode(mode)) {
      throw new IllegalArgumentException(String.format("unknown file type: mode 0%o", mode));
    }
    if (size < 0) {
      throw new IllegalArgumentException("negative size " + size);
    }
    if (mtimeNanos < 0 || mtimeNanos >= NodeTable.NANOS) {
      throw new IllegalArgumentException("mtime has " + mtimeNanos + " nanoseconds");
    }
    if ((FileType.ofMode(mode) == FileType.SYMLINK) != (symlinkTarget != null)) {
      throw new IllegalArgumentException("a symlink, and nothing else, has a target");
    }
    if (symlinkTarget != null
        && (symlinkTarget.length == 0
            || symlinkTarget.length > Limits.MAX_SYMLINK
            || Names.hasNul(symlinkTarget))) {
      throw new IllegalArgumentException(
          "bad symlink target of " + symlinkTarget.length + " bytes");
    }
  }
}
