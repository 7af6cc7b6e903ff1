package io.snapfs.fusefs.kernel;

import io.snapfs.fusefs.transport.DirentWriter;
import io.snapfs.fusefs.view.DirectoryHandle;
import io.snapfs.fusefs.view.Entry;
import io.snapfs.fusefs.view.ErrnoException;
import java.nio.ByteBuffer;

/**
 * Writes directory entries together with what a lookup of each would answer, {@code struct
 * fuse_direntplus}, so that {@code ls -l} and {@code find} need no lookups. Confined to a thread.
 *
 * <pre>
 * 0     struct fuse_entry_out, see {@link AttributeLayout}; all zeros: nothing is told
 * 128   struct fuse_dirent, see {@link DirentWriter}
 * </pre>
 */
final class DirentPlusWriter implements DirectoryHandle.EntrySink {
  private static final byte[] NOTHING = new byte[AttributeLayout.ENTRY_SIZE];

  private final ByteBuffer reply;
  private final DirentWriter dirents;
  private final EntryLookup lookup;

  /**
   * Begins a reply.
   *
   * @param reply entries go to [position, limit) and advance it
   */
  DirentPlusWriter(ByteBuffer reply, EntryLookup lookup) {
    this.reply = reply;
    this.dirents = new DirentWriter().into(reply);
    this.lookup = lookup;
  }

  @Override
  public boolean accept(byte[] name, long ino, int type, long nextCookie) {
    int start = reply.position();
    if (reply.remaining() < AttributeLayout.ENTRY_SIZE) {
      return false;
    }
    reply.put(NOTHING);
    if (!dirents.accept(name, ino, type, nextCookie)) {
      reply.position(start);
      return false;
    }
    if (!isDots(name)) {
      putEntry(start, name);
    }
    return true;
  }

  private void putEntry(int at, byte[] name) {
    try {
      Entry entry = lookup.find(name);
      if (!entry.isAbsent()) {
        AttributeLayout.putEntry(reply, at, entry);
      }
    } catch (ErrnoException e) {
      // Nothing is told: whoever wants to know asks for this entry and gets the error.
    }
  }

  /** Lookups of {@code .} and {@code ..} would confuse the kernel. */
  private static boolean isDots(byte[] name) {
    return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
  }
}
