package io.snapfs.tools.command;

/** What the process tells its caller. Scripts rely on the numbers. */
public final class ExitCode {
  /** Done. */
  public static final int OK = 0;

  /** It did not work; the message says why. */
  public static final int FAILURE = 1;

  /** The command line was wrong; nothing was done. */
  public static final int USAGE = 2;

  /** Stored bytes are not what they must be. */
  public static final int DAMAGE = 3;

  /** SIGINT ended it, as shells have it. */
  public static final int INTERRUPTED = 130;

  private ExitCode() {}
}
