package io.snapfs.fusefs.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Requests as the kernel makes them, written by hand. */
final class RequestBytes {
  static final long UNIQUE = 0x1122334455667788L;

  private RequestBytes() {}

  static byte[] request(int opcode, long inode, byte[] body) {
    int length = 40 + body.length;
    return little(length)
        .putInt(length)
        .putInt(opcode)
        .putLong(UNIQUE)
        .putLong(inode)
        .putInt(1000) // uid
        .putInt(1000) // gid
        .putInt(4711) // pid
        .putInt(0)
        .put(body)
        .array();
  }

  static byte[] name(String name) {
    return (name + "\0").getBytes(StandardCharsets.ISO_8859_1);
  }

  static byte[] open(int flags) {
    return little(8).putInt(flags).putInt(0).array();
  }

  static byte[] read(long handle, long offset, int size) {
    return little(40).putLong(handle).putLong(offset).putInt(size).array();
  }

  static byte[] lseek(long handle, long offset, int whence) {
    return little(24).putLong(handle).putLong(offset).putInt(whence).array();
  }

  static byte[] release(long handle) {
    return little(24).putLong(handle).array();
  }

  static byte[] xattr(int size, String name) {
    byte[] text = name.isEmpty() ? new byte[0] : name(name);
    return little(8 + text.length).putInt(size).putInt(0).put(text).array();
  }

  /** INIT as Linux up to 5.15 says it. */
  static byte[] greeting(int major, int minor, int maxReadahead, int flags) {
    return little(16).putInt(major).putInt(minor).putInt(maxReadahead).putInt(flags).array();
  }

  /** INIT as Linux says it from 5.17 on. */
  static byte[] greeting(int major, int minor, int maxReadahead, int flags, int flags2) {
    return little(64)
        .putInt(major)
        .putInt(minor)
        .putInt(maxReadahead)
        .putInt(flags)
        .putInt(flags2)
        .array();
  }

  static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
