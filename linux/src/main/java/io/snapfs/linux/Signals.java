package io.snapfs.linux;

import sun.misc.Signal;

/** Handles signals that this process gets. */
public final class Signals {
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
}
