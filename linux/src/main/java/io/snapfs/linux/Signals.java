package io.snapfs.linux;

import sun.misc.Signal;

/** Handles signals that this process gets. */
public final class Signals {
  /** What signal(2) calls what happens by itself. */
  private static final long SIG_DFL = 0;

  private Signals() {}

  /**
   * Takes over a signal for the rest of the process's life, or until another handler is set.
   *
   * @param name without {@code SIG}, such as {@code TERM}
   * @param handler is run on a thread of its own, also while an earlier run goes on
   * @throws IllegalStateException if this JVM does not let the signal be handled
   */
  public static void handle(String name, Runnable handler) {
    try {
      Signal.handle(new Signal(name), signal -> handler.run());
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("this JVM does not let SIG" + name + " be handled", e);
    }
  }

  /**
   * Undoes that whoever started this process had it ignore a signal, as shells do with SIGINT for
   * what they run in the background, and takes it over: the JVM ignores handlers for what was
   * ignored at its start. Processes that were started before go on ignoring it.
   *
   * @param name without {@code SIG}, such as {@code INT}
   * @param handler is run on a thread of its own, also while an earlier run goes on
   * @throws IllegalStateException if this JVM does not let the signal be handled
   */
  public static void handleIgnored(String name, Runnable handler) {
    Native.system().signal(new Signal(name).getNumber(), SIG_DFL);
    handle(name, handler);
  }
}
