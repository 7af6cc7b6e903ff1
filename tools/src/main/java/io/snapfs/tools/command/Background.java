package io.snapfs.tools.command;

import io.snapfs.linux.LinuxException;
import io.snapfs.linux.Processes;
import io.snapfs.linux.Signals;
import java.lang.System.Logger.Level;

/**
 * Makes a process that the launcher has started in the background independent of it and of its
 * terminal. The launcher could have setsid(1) and env(1) do the same, at 2 ms for each program.
 */
public final class Background {
  private static final System.Logger LOG = System.getLogger(Background.class.getName());

  private Background() {}

  /**
   * Takes this process into a session of its own and lets it hear SIGINT, which shells have ignored
   * by what runs in the background; if the launcher waits for it, see {@link ReadySignal}.
   *
   * @param end what SIGINT does until somebody else handles it
   */
  public static void enterIfAsked(Runnable end) {
    if (System.getProperty(ReadySignal.PROPERTY) == null) {
      return;
    }
    Signals.handleIgnored("INT", end);
    try {
      Processes.newSession();
    } catch (LinuxException e) {
      // A group of its own, which a shell with job control has given it, protects it from Ctrl-C.
      LOG.log(
          Level.WARNING, "this process stays in the session of its terminal: " + e.getMessage());
    }
  }
}
