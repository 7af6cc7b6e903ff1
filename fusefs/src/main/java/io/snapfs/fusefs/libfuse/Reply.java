package io.snapfs.fusefs.libfuse;

import io.snapfs.fusefs.transport.DirentWriter;
import io.snapfs.fusefs.view.Entry;
import io.snapfs.fusefs.view.FileSystemView.Usage;
import io.snapfs.fusefs.view.InodeAttributes;
import io.snapfs.linux.Addresses;
import io.snapfs.linux.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.Pointer;
import jnr.ffi.Struct;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.Statvfs;

/**
 * Sends answers to libfuse, out of memory that it reuses. Confined to a thread. Each method is the
 * last word on its request: libfuse frees the request, whatever comes of the answer.
 */
final class Reply {
  private static final double MILLIS_PER_SECOND = 1000;
  private static final int NAME_LENGTH = 255;
  private static final int MINOR_BITS = 20;

  // struct fuse_entry_param of fuse_lowlevel.h; the timeouts follow the struct stat
  private static final int ENTRY_INO = 0;
  private static final int ENTRY_STAT = 16;

  private final LibFuse library;
  private final ByteBuffer entry;
  private final FileStat stat;
  private final int timeoutsOffset;
  private final ByteBuffer statvfsMemory;
  private final Statvfs statvfs;
  private final ByteBuffer data;
  private final DirentWriter dirents = new DirentWriter();
  private final SlicedReply sliced;

  /**
   * Ready to answer.
   *
   * @param dataSize length of the longest answer in bytes
   */
  Reply(LibFuse library, int dataSize) {
    this.library = library;
    int statSize = Struct.size(new FileStat(LibFuseLoader.runtime()));
    timeoutsOffset = ENTRY_STAT + statSize;
    entry = direct(timeoutsOffset + 2 * Double.BYTES);
    stat = FileStat.of(pointer(entry, ENTRY_STAT, statSize));
    int statvfsSize = Struct.size(new Statvfs(LibFuseLoader.runtime()));
    statvfsMemory = direct(statvfsSize);
    statvfs = Statvfs.of(pointer(statvfsMemory, 0, statvfsSize));
    data = direct(dataSize);
    sliced = new SlicedReply(library);
  }

  private static ByteBuffer direct(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }

  private static Pointer pointer(ByteBuffer memory, int offset, int size) {
    return Pointer.wrap(LibFuseLoader.runtime(), Addresses.of(memory) + offset, size);
  }

  void error(long request, int errno) {
    library.fuse_reply_err(request, errno);
  }

  void none(long request) {
    library.fuse_reply_none(request);
  }

  void entry(long request, Entry found) {
    double timeout = found.validity().millis() / MILLIS_PER_SECOND;
    entry.putDouble(timeoutsOffset, timeout).putDouble(timeoutsOffset + Double.BYTES, timeout);
    if (found.isAbsent()) {
      entry.putLong(ENTRY_INO, 0); // "no such name", which the kernel may keep, unlike ENOENT
    } else {
      entry.putLong(ENTRY_INO, found.attributes().ino());
      fill(found.attributes());
    }
    library.fuse_reply_entry(request, Addresses.of(entry));
  }

  void attributes(long request, Entry found) {
    fill(found.attributes());
    double timeout = found.validity().millis() / MILLIS_PER_SECOND;
    library.fuse_reply_attr(request, Addresses.of(entry) + ENTRY_STAT, timeout);
  }

  private void fill(InodeAttributes a) {
    stat.st_ino.set(a.ino());
    stat.st_mode.set(a.mode());
    stat.st_nlink.set(a.nlink());
    stat.st_uid.set(a.uid());
    stat.st_gid.set(a.gid());
    stat.st_rdev.set(device(a.rdevMajor(), a.rdevMinor()));
    stat.st_size.set(a.size());
    stat.st_blocks.set(a.blocks());
    stat.st_blksize.set(InodeAttributes.BLOCK_SIZE);
    stat.st_mtim.tv_sec.set(a.mtimeSeconds());
    stat.st_mtim.tv_nsec.set(a.mtimeNanos());
    stat.st_atim.tv_sec.set(a.mtimeSeconds());
    stat.st_atim.tv_nsec.set(a.mtimeNanos());
    stat.st_ctim.tv_sec.set(a.mtimeSeconds());
    stat.st_ctim.tv_nsec.set(a.mtimeNanos());
  }

  /** libfuse cuts it to 32 bits, and so it takes the kernel's 32-bit form: new_encode_dev(). */
  private static long device(int major, int minor) {
    return (minor & 0xff) | (major & 0xfff) << 8 | (long) (minor >> 8 & 0xfff) << MINOR_BITS;
  }

  void link(long request, byte[] target) {
    data.put(0, target).put(target.length, (byte) 0);
    library.fuse_reply_readlink(request, Addresses.of(data));
  }

  /** Answers listxattr(2) or getxattr(2): the length if the caller asks for it, or the value. */
  void xattr(long request, byte[] value, long roomFor) {
    if (roomFor == 0) {
      library.fuse_reply_xattr(request, value.length);
    } else if (value.length > roomFor) {
      error(request, Errno.ERANGE);
    } else {
      data.put(0, value);
      library.fuse_reply_buf(request, Addresses.of(data), value.length);
    }
  }

  /**
   * Answers an open.
   *
   * @param direct whether reads go past the page cache
   * @return false if the opener has gone: there will be no release
   */
  boolean opened(long request, long info, long handle, boolean direct) {
    FileInfo.opened(info, handle, direct);
    return library.fuse_reply_open(request, info) == 0;
  }

  /** The means to answer a read. */
  SlicedReply sliced(long request) {
    return sliced.to(request);
  }

  /** Answers a read at the end of the file. */
  void nothing(long request) {
    library.fuse_reply_buf(request, Addresses.of(data), 0);
  }

  /** Room for the answer to a readdir. */
  DirentWriter entries(long size) {
    return dirents.into(data.clear().limit((int) Math.min(size, data.capacity())));
  }

  /** Answers with the entries that have been put into the room. */
  void entriesEnd(long request) {
    library.fuse_reply_buf(request, Addresses.of(data), data.position());
  }

  void usage(long request, Usage usage) {
    long unit = InodeAttributes.BLOCK_SIZE;
    statvfs.f_bsize.set(unit);
    statvfs.f_frsize.set(unit);
    statvfs.f_blocks.set((usage.bytes() + unit - 1) / unit);
    statvfs.f_files.set(usage.files());
    statvfs.f_namemax.set(NAME_LENGTH);
    library.fuse_reply_statfs(request, Addresses.of(statvfsMemory));
  }
}
