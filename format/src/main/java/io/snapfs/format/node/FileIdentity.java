package io.snapfs.format.node;

import io.snapfs.linux.Stat;

/**
 * By what a file on the node is known again, and known not to have been altered. The device is not
 * recorded on disk, since its number may be another after a reboot.
 *
 * @param ino inode number
 * @param length in bytes
 * @param mtimeSec last change of the contents
 * @param mtimeNsec nanoseconds of it
 * @param ctimeSec last change of contents or attributes, which nobody can set back
 * @param ctimeNsec nanoseconds of it
 */
record FileIdentity(
    long ino, long length, long mtimeSec, int mtimeNsec, long ctimeSec, int ctimeNsec) {

  static FileIdentity of(Stat stat) {
    return new FileIdentity(
        stat.ino(),
        stat.size(),
        stat.mtimeSec(),
        stat.mtimeNsec(),
        stat.ctimeSec(),
        stat.ctimeNsec());
  }

  /** Whether it is the same file and was not written to, as far as its owner is honest. */
  boolean hasContentsOf(FileIdentity other) {
    return ino == other.ino
        && length == other.length
        && mtimeSec == other.mtimeSec
        && mtimeNsec == other.mtimeNsec;
  }
}
