package io.snapfs.fusefs.view;

/** Owns one open of a directory. */
public interface DirectoryHandle extends AutoCloseable {
  /**
   * Hands entries to the sink, {@code .} and {@code ..} first, until it is full or there are no
   * more.
   *
   * @param cookie 0 for the beginning, or the one that came with the last entry that was taken
   */
  void read(long cookie, EntrySink sink) throws ErrnoException;

  /** Ends the open; called once, when no read is under way. */
  @Override
  void close();

  /** Takes the entries of a directory. */
  interface EntrySink {
    /**
     * Takes one entry.
     *
     * @param name raw bytes
     * @param ino inode number
     * @param type a DT_ constant of {@link io.snapfs.linux.DirEntry}
     * @param nextCookie where to go on behind this entry
     * @return false if there was no room for it
     */
    boolean accept(byte[] name, long ino, int type, long nextCookie);
  }
}
