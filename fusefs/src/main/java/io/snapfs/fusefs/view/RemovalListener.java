package io.snapfs.fusefs.view;

/** Is told what a view no longer has, so as to let go of what is kept of it. */
@FunctionalInterface
public interface RemovalListener {
  /**
   * A name is gone, and all that could be reached through it; what is open goes on. Called on a
   * thread that serves no requests, with no lock held: it may wait for requests to be answered.
   *
   * @param parent inode number of the directory that it was in
   * @param name raw bytes
   */
  void removed(long parent, byte[] name);
}
