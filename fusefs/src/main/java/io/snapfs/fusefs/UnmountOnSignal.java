package io.snapfs.fusefs;

import io.snapfs.linux.Signals;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * SIGTERM and SIGINT unmount: the first one cleanly, or with a message if the mount is in use; each
 * further one takes the mount out of sight, and it ends when its last user has gone. {@link
 * Mount#awaitUnmount} then returns, so that the process can exit as if it had ended by itself.
 */
public final class UnmountOnSignal {
  private static final List<String> SIGNALS = List.of("TERM", "INT");

  private final Mount mount;
  private final Consumer<String> say;
  private boolean tried;

  private UnmountOnSignal(Mount mount, Consumer<String> say) {
    this.mount = mount;
    this.say = say;
  }

  /**
   * Takes over the signals for the rest of the process's life.
   *
   * @param say shows a message to the user
   * @throws IllegalStateException if this JVM has no signals to take over
   */
  public static void install(Mount mount, Consumer<String> say) {
    UnmountOnSignal handler = new UnmountOnSignal(mount, say);
    SIGNALS.forEach(name -> Signals.handle(name, handler::received));
  }

  private synchronized void received() {
    try {
      if (tried) {
        mount.detach();
        say.accept(mount.mountpoint() + " is detached; it is served until the last file is closed");
      } else {
        tried = true;
        mount.unmount();
      }
    } catch (MountBusyException e) {
      say.accept(
          e.getMessage()
              + "; it stays mounted. The next signal detaches it from the directory tree");
    } catch (IOException e) {
      say.accept("can't unmount " + mount.mountpoint() + ": " + e.getMessage());
    }
  }
}
