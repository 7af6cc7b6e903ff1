package io.snapfs.linux;

import com.kenai.jffi.LastError;
import java.io.IOException;

/**
 * A system call failed. The message reads {@code openat /store/packs/7: ENOENT (No such file or
 * directory)}.
 */
public final class LinuxException extends IOException {
  private static final long serialVersionUID = 1;

  private final String call;
  private final int errno;
  private final String subject;

  /**
   * Describes a failed call.
   *
   * @param call the system call's name, such as {@code openat}
   * @param errno the error number, see {@link Errno}
   * @param subject what it was called on, for people: a path, a descriptor, a range of addresses
   */
  public LinuxException(String call, int errno, String subject) {
    super(call + (subject.isEmpty() ? "" : " " + subject) + ": " + Errno.describe(errno));
    this.call = call;
    this.errno = errno;
    this.subject = subject;
  }

  /** The call that has just failed on this thread. To be made before any other native call. */
  static LinuxException last(String call, String subject) {
    return new LinuxException(call, lastErrno(), subject);
  }

  /** The call that has just failed on this thread for an open file. */
  static LinuxException last(String call, Fd fd) {
    return last(call, fd.toString());
  }

  /** The call that has just failed on this thread for a name in a directory. */
  static LinuxException last(String call, Fd dir, byte[] name) {
    return last(call, dir.resolve(name));
  }

  /** The errno of this thread's latest native call. */
  static int lastErrno() {
    return LastError.getInstance().get();
  }

  /**
   * Whether this thread's latest native call was cut short by a signal and should be made again.
   */
  static boolean interrupted() {
    return lastErrno() == Errno.EINTR;
  }

  /** The error number, see {@link Errno}. */
  public int errno() {
    return errno;
  }

  /** The error number's name, such as {@code ENOENT}. */
  public String errnoName() {
    return Errno.name(errno);
  }

  /** Whether the error is this one. */
  public boolean isErrno(int expected) {
    return errno == expected;
  }

  /** The system call's name. */
  public String call() {
    return call;
  }

  /** What the call was made on, for people; not to be parsed. */
  public String subject() {
    return subject;
  }
}
