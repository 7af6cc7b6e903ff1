package io.snapfs.fusefs.transport;

import io.snapfs.fusefs.view.DirectoryHandle;
import java.nio.ByteBuffer;

/**
 * Writes directory entries in the protocol's form ({@code struct fuse_dirent} of linux/fuse.h) into
 * a reply buffer, until it is full.
 *
 * <pre>
 * 0     u64 inode number
 * 8     u64 cookie of the next entry
 * 16    u32 length of the name
 * 20    u32 type, DT_*
 * 24    name, padded with zeros to a multiple of 8
 * </pre>
 *
 * Confined to a thread.
 */
public final class DirentWriter implements DirectoryHandle.EntrySink {
  private static final int INO = 0;
  private static final int OFFSET = 8;
  private static final int NAME_LENGTH = 16;
  private static final int TYPE = 20;
  private static final int NAME = 24;
  private static final int ALIGNMENT = 8;

  private ByteBuffer reply;

  /**
   * Begins a reply.
   *
   * @param destination of native byte order; entries go to [position, limit) and advance it
   */
  public DirentWriter into(ByteBuffer destination) {
    reply = destination;
    return this;
  }

  @Override
  public boolean accept(byte[] name, long ino, int type, long nextCookie) {
    int start = reply.position();
    int length = (NAME + name.length + ALIGNMENT - 1) & -ALIGNMENT;
    if (length > reply.limit() - start) {
      return false;
    }
    reply.putLong(start + length - ALIGNMENT, 0); // padding, before the name goes over it
    reply.putLong(start + INO, ino);
    reply.putLong(start + OFFSET, nextCookie);
    reply.putInt(start + NAME_LENGTH, name.length);
    reply.putInt(start + TYPE, type);
    reply.put(start + NAME, name);
    reply.position(start + length);
    return true;
  }
}
