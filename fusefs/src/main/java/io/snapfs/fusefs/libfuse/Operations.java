package io.snapfs.fusefs.libfuse;

import io.snapfs.linux.Addresses;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.Delegate;

/**
 * {@code struct fuse_lowlevel_ops}: a table of function pointers. libfuse answers what is not in it
 * with ENOSYS, which for flush and access makes the kernel never ask again.
 *
 * <p>jnr-ffi holds callbacks weakly: keep this object until libfuse can't call any more.
 */
public final class Operations {
  static final int LOOKUP = 16;
  static final int FORGET = 24;
  static final int GETATTR = 32;
  static final int READLINK = 48;
  static final int OPEN = 112;
  static final int READ = 120;
  static final int RELEASE = 144;
  static final int OPENDIR = 160;
  static final int READDIR = 168;
  static final int RELEASEDIR = 176;
  static final int STATFS = 192;
  static final int GETXATTR = 208;
  static final int LISTXATTR = 216;
  static final int FORGET_MULTI = 304;

  private static final int SIZE = 328;

  /** A callback. All of its parameters are as wide as a pointer. */
  public interface Call2 {
    @Delegate
    void call(long request, long a);
  }

  /** A callback. */
  public interface Call3 {
    @Delegate
    void call(long request, long a, long b);
  }

  /** A callback. */
  public interface Call4 {
    @Delegate
    void call(long request, long a, long b, long c);
  }

  /** A callback. */
  public interface Call5 {
    @Delegate
    void call(long request, long a, long b, long c, long d);
  }

  private final Runtime runtime;
  private final ByteBuffer table = ByteBuffer.allocateDirect(SIZE).order(ByteOrder.nativeOrder());
  private final List<Object> strongReferences = new ArrayList<>();

  Operations(Runtime runtime) {
    this.runtime = runtime;
  }

  Operations set(int offset, Call2 callback) {
    return set(offset, Call2.class, callback);
  }

  Operations set(int offset, Call3 callback) {
    return set(offset, Call3.class, callback);
  }

  Operations set(int offset, Call4 callback) {
    return set(offset, Call4.class, callback);
  }

  Operations set(int offset, Call5 callback) {
    return set(offset, Call5.class, callback);
  }

  private <T> Operations set(int offset, Class<T> type, T callback) {
    strongReferences.add(callback);
    table.putLong(offset, runtime.getClosureManager().getClosurePointer(type, callback).address());
    return this;
  }

  long address() {
    return Addresses.of(table);
  }

  long size() {
    return SIZE;
  }
}
