package io.snapfs.fusefs;

import io.snapfs.fusefs.transport.MemoryView;
import io.snapfs.fusefs.transport.MountOptions;
import java.io.IOException;
import java.nio.file.Path;

/** Prints why a transport can't be used, and what comes of trying it all the same. */
final class ReasonChild {
  private ReasonChild() {}

  /**
   * Asks and tries.
   *
   * @param arguments transport, mountpoint
   */
  public static void main(String[] arguments) {
    System.out.println(Transports.named(arguments[0]).unavailableReason().orElse("usable"));
    try (Mount mount =
        Mount.start(
            new MemoryView(),
            Path.of(arguments[1]),
            MountOptions.defaults("snapfs-test"),
            Transports.named(arguments[0]))) {
      System.out.println("mounted " + mount);
    } catch (IOException e) {
      System.out.println(e.getMessage());
    }
  }
}
