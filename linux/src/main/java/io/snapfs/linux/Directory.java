package io.snapfs.linux;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Lists directories: getdents64(2). */
public final class Directory {
  // struct linux_dirent64 of linux/dirent.h
  private static final int INO = 0;
  private static final int RECORD_LENGTH = 16;
  private static final int TYPE = 18;
  private static final int NAME = 19;

  private Directory() {}

  /**
   * All entries of a directory but {@code .} and {@code ..}, in the filesystem's order. Two threads
   * must not list through one {@link Fd} at the same time, since they would share its position.
   *
   * @param dir a directory opened for reading (not with {@link Open#O_PATH})
   */
  public static List<DirEntry> list(Fd dir) throws LinuxException {
    Scratch scratch = Scratch.get();
    DataCalls calls = Native.data();
    if (calls.lseek(dir.intValue(), 0, FileSpace.SEEK_SET) < 0) {
      throw LinuxException.last("lseek", dir);
    }
    List<DirEntry> entries = new ArrayList<>();
    while (true) {
      long length =
          calls.syscall(
              Arch.current().getdents64(), dir.intValue(), scratch.address(), Scratch.SIZE);
      if (length < 0 && LinuxException.interrupted()) {
        continue;
      }
      if (length < 0) {
        throw LinuxException.last("getdents64", dir);
      }
      if (length == 0) {
        return entries;
      }
      decode(scratch, (int) length, entries);
    }
  }

  private static void decode(Scratch scratch, int length, List<DirEntry> entries) {
    ByteBuffer buffer = scratch.buffer();
    int recordLength;
    for (int at = 0; at < length; at += recordLength) {
      recordLength = Short.toUnsignedInt(buffer.getShort(at + RECORD_LENGTH));
      byte[] name = scratch.string(at + NAME, at + recordLength);
      if (!isDotOrDotDot(name)) {
        entries.add(new DirEntry(name, buffer.getLong(at + INO), buffer.get(at + TYPE)));
      }
    }
  }

  private static boolean isDotOrDotDot(byte[] name) {
    return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
  }
}
