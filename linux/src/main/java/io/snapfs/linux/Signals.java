package io.snapfs.linux;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Handles signals that this process gets.
 *
 * <p>Reached by reflection: {@code sun.misc.Signal} is in the JDK's supported module
 * jdk.unsupported, but javac has a warning about it that nothing turns off.
 */
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
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (self, method, arguments) -> call(self, method, arguments, handler));
      signal
          .getMethod("handle", signal, handlerType)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM does not let SIG" + name + " be handled", e);
    }
  }

  private static Object call(Object self, Method method, Object[] arguments, Runnable handler) {
    return switch (method.getName()) {
      case "handle" -> {
        handler.run();
        yield null;
      }
      case "hashCode" -> System.identityHashCode(self);
      case "equals" -> self == arguments[0];
      default -> "signal handler " + handler;
    };
  }
}
