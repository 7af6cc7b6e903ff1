package io.snapfs.restore.rootfs;

import java.util.Map;

/**
 * An entry of a tar.
 *
 * @param type the letter of its kind: see {@link TarReader}
 * @param path as it is written there
 * @param link where a link leads; empty for others
 * @param mode permission bits
 * @param uid owner
 * @param gid group
 * @param size bytes of content that follow
 * @param seconds of the last change, since 1970
 * @param nanos of the last change
 * @param major of a device
 * @param minor of a device
 * @param xattrs extended attributes by their names
 */
record TarEntry(
    char type,
    String path,
    String link,
    int mode,
    int uid,
    int gid,
    long size,
    long seconds,
    int nanos,
    int major,
    int minor,
    Map<String, byte[]> xattrs) {
  static final char FILE = '0';
  static final char HARD_LINK = '1';
  static final char SYMLINK = '2';
  static final char CHARACTER_DEVICE = '3';
  static final char BLOCK_DEVICE = '4';
  static final char DIRECTORY = '5';
  static final char FIFO = '6';
}
