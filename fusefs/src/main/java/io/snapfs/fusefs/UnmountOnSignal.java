package io.snapfs.fusefs;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Consumer;

/**
 * SIGTERM and SIGINT unmount: the first one cleanly, or with a message if the mount is in use; each
 * further one takes the mount out of sight, and it ends when its last user has gone. {@link
 * Mount#awaitUnmount} then returns, so that the process can exit as if it had ended by itself.
 *
 * <p>Reached by reflection: {@code sun.misc.Signal} is in the JDK's supported module
 * jdk.unsupported, but javac has a warning about it that nothing turns off.
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
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              UnmountOnSignal.class.getClassLoader(), new Class<?>[] {handlerType}, handler::call);
      Method handle = signal.getMethod("handle", signal, handlerType);
      for (String name : SIGNALS) {
        handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM does not let signals be handled", e);
    }
  }

  private Object call(Object proxy, Method method, Object[] arguments) {
    return switch (method.getName()) {
      case "handle" -> {
        received();
        yield null;
      }
      case "hashCode" -> System.identityHashCode(proxy);
      case "equals" -> proxy == arguments[0];
      default -> "unmounts " + mount;
    };
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
