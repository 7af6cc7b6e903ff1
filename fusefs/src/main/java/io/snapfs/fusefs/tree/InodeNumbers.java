package io.snapfs.fusefs.tree;

import io.snapfs.fusefs.view.FileSystemView;

/**
 * Inode numbers: the root is 1, directories of names follow below 2^32, and above that each
 * generation of an artifact has a range of 2^32, in which a node's number is its index and 1
 * (FORMAT.md 4.1).
 */
final class InodeNumbers {
  private static final int GENERATION_SHIFT = 32;
  private static final long NODE_MASK = 0xffffffffL;

  /** First of the directories of names. */
  static final long FIRST_NAME = FileSystemView.ROOT + 1;

  /** What directory listings say where a number would cost opening the artifact. */
  static final long UNKNOWN = NODE_MASK;

  private InodeNumbers() {}

  static long of(int generation, int node) {
    return (long) generation << GENERATION_SHIFT | (node + 1L);
  }

  /** 0 if the inode lies above all artifacts. */
  static int generation(long ino) {
    return (int) (ino >>> GENERATION_SHIFT);
  }

  static int node(long ino) {
    return (int) ((ino & NODE_MASK) - 1);
  }
}
