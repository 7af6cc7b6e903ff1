package io.snapfs.linux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Owns an open file descriptor and closes it.
 *
 * <p>{@link #close()} may be called several times and by several threads: the descriptor is closed
 * once. Nothing keeps a thread from closing it while another one is in the middle of a call on it,
 * and the kernel may then have given the number to another file: whoever shares an {@code Fd}
 * between threads must count its users.
 */
public final class Fd implements AutoCloseable {
  /** Stands for the current directory wherever a directory is wanted; closing it does nothing. */
  public static final Fd CWD = new Fd(-100, "");

  private static final VarHandle VALUE;

  static {
    try {
      VALUE = MethodHandles.lookup().findVarHandle(Fd.class, "value", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int CLOSED = -1;

  private final String path;

  @SuppressWarnings("FieldMayBeFinal") // written through VALUE
  private volatile int value;

  private Fd(int value, String path) {
    this.value = value;
    this.path = path;
  }

  /**
   * Takes over a descriptor that was got elsewhere, for example over a socket.
   *
   * @param value the open descriptor; from now on only this object may close it
   * @param path what it refers to, for error messages
   */
  public static Fd adopt(int value, String path) {
    if (value < 0) {
      throw new IllegalArgumentException("not a file descriptor: " + value);
    }
    return new Fd(value, path);
  }

  /**
   * The descriptor's number, to be handed to a call at once and never kept.
   *
   * @throws IllegalStateException if it has been closed
   */
  public int intValue() {
    int current = value;
    if (current == CLOSED) {
      throw new IllegalStateException("used after it was closed: " + this);
    }
    return current;
  }

  /** What it was opened as, for people. */
  public String path() {
    return path;
  }

  /** Whether {@link #close()} has not been called yet. */
  public boolean isOpen() {
    return value != CLOSED;
  }

  /**
   * Closes the descriptor; without effect if it is closed already. An error that the kernel reports
   * here is of no use (the descriptor is gone either way): data that matters must have been through
   * {@link FileSync} before.
   */
  @Override
  public void close() {
    if (this == CWD) {
      return;
    }
    int current = (int) VALUE.getAndSet(this, CLOSED);
    if (current != CLOSED) {
      Native.data()
          .close(current); // not again after EINTR: Linux has freed the number, another thread may
      // have it now
    }
  }

  /** The path of a name in this directory, for people. */
  String resolve(byte[] name) {
    String text = Names.printable(name);
    boolean absolute = name.length > 0 && name[0] == '/';
    return absolute || path.isEmpty() ? text : path + "/" + text;
  }

  @Override
  public String toString() {
    if (this == CWD) {
      return "current directory";
    }
    int current = value;
    return path + (current == CLOSED ? " (closed fd)" : " (fd " + current + ")");
  }
}
