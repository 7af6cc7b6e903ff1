package io.snapfs.fusefs.kernel;

import io.snapfs.fusefs.view.Entry;
import io.snapfs.fusefs.view.InodeAttributes;
import io.snapfs.fusefs.view.Validity;
import java.nio.ByteBuffer;

/**
 * Attributes and entries as the kernel takes them. {@code struct fuse_attr}:
 *
 * <pre>
 * 0     u64 inode, u64 size, u64 blocks of 512 bytes
 * 24    u64 seconds of access, modification, change
 * 48    u32 nanoseconds of the same
 * 60    u32 mode, u32 links, u32 uid, u32 gid, u32 device, u32 block size
 * 84    u32 flags
 * </pre>
 *
 * <p>{@code struct fuse_entry_out}:
 *
 * <pre>
 * 0     u64 inode, 0: there is none of that name
 * 8     u64 generation
 * 16    u64 seconds, how long the name holds
 * 24    u64 seconds, how long the attributes hold
 * 32    u32 nanoseconds, how long the name holds
 * 36    u32 nanoseconds, how long the attributes hold
 * 40    attributes
 * </pre>
 *
 * <p>{@code struct fuse_attr_out}:
 *
 * <pre>
 * 0     u64 seconds, how long the attributes hold
 * 8     u32 nanoseconds of it
 * 16    attributes
 * </pre>
 */
final class AttributeLayout {
  static final int ENTRY_SIZE = 128;
  static final int ATTRIBUTES_SIZE = 104;

  private static final int ATTR_INODE = 0;
  private static final int ATTR_SIZE = 8;
  private static final int ATTR_BLOCKS = 16;
  private static final int ATTR_SECONDS = 24;
  private static final int ATTR_NANOS = 48;
  private static final int ATTR_MODE = 60;
  private static final int ATTR_LINKS = 64;
  private static final int ATTR_UID = 68;
  private static final int ATTR_GID = 72;
  private static final int ATTR_DEVICE = 76;
  private static final int ATTR_BLOCK_SIZE = 80;
  private static final int TIMES = 3;

  private static final int ENTRY_INODE = 0;
  private static final int ENTRY_VALID = 16;
  private static final int ENTRY_ATTR_VALID = 24;
  private static final int ENTRY_VALID_NANOS = 32;
  private static final int ENTRY_ATTR_VALID_NANOS = 36;
  private static final int ENTRY_ATTR = 40;

  private static final int OUT_VALID = 0;
  private static final int OUT_VALID_NANOS = 8;
  private static final int OUT_ATTR = 16;

  private static final int MILLIS_PER_SECOND = 1000;
  private static final int NANOS_PER_MILLI = 1_000_000;

  private AttributeLayout() {}

  /** Puts the answer to a lookup into {@link #ENTRY_SIZE} zeros. */
  static void putEntry(ByteBuffer to, int at, Entry entry) {
    Validity validity = entry.validity();
    to.putLong(at + ENTRY_VALID, seconds(validity)).putInt(at + ENTRY_VALID_NANOS, nanos(validity));
    if (!entry.isAbsent()) {
      to.putLong(at + ENTRY_INODE, entry.attributes().ino())
          .putLong(at + ENTRY_ATTR_VALID, seconds(validity))
          .putInt(at + ENTRY_ATTR_VALID_NANOS, nanos(validity));
      put(to, at + ENTRY_ATTR, entry.attributes());
    }
  }

  /** Puts the answer to a GETATTR into {@link #ATTRIBUTES_SIZE} zeros. */
  static void putAttributes(ByteBuffer to, int at, Entry entry) {
    to.putLong(at + OUT_VALID, seconds(entry.validity()))
        .putInt(at + OUT_VALID_NANOS, nanos(entry.validity()));
    put(to, at + OUT_ATTR, entry.attributes());
  }

  private static void put(ByteBuffer to, int at, InodeAttributes a) {
    to.putLong(at + ATTR_INODE, a.ino())
        .putLong(at + ATTR_SIZE, a.size())
        .putLong(at + ATTR_BLOCKS, a.blocks())
        .putInt(at + ATTR_MODE, a.mode())
        .putInt(at + ATTR_LINKS, a.nlink())
        .putInt(at + ATTR_UID, a.uid())
        .putInt(at + ATTR_GID, a.gid())
        .putInt(at + ATTR_DEVICE, device(a.rdevMajor(), a.rdevMinor()))
        .putInt(at + ATTR_BLOCK_SIZE, InodeAttributes.BLOCK_SIZE);
    for (int i = 0; i < TIMES; i++) {
      to.putLong(at + ATTR_SECONDS + i * Long.BYTES, a.mtimeSeconds())
          .putInt(at + ATTR_NANOS + i * Integer.BYTES, a.mtimeNanos());
    }
  }

  /** The kernel's 32-bit form: 12 bits of the major number between 8 and 12 of the minor one. */
  private static int device(int major, int minor) {
    return (minor & 0xff) | (major & 0xfff) << 8 | (minor >>> 8) << 20;
  }

  private static long seconds(Validity validity) {
    return validity.millis() / MILLIS_PER_SECOND;
  }

  private static int nanos(Validity validity) {
    return (int) (validity.millis() % MILLIS_PER_SECOND) * NANOS_PER_MILLI;
  }
}
