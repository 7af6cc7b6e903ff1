package io.snapfs.tools.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A store mounted by {@code bin/snapfs mount} in the background; closing it unmounts. */
final class Mounted implements AutoCloseable {
  private final Path mountpoint;

  /** Mounts a store at a folder that is made for it. */
  static Mounted at(Path mountpoint, Path store) throws IOException {
    Files.createDirectory(mountpoint);
    Path log = mountpoint.resolveSibling(mountpoint.getFileName() + ".log");
    Command.snapfs("mount", "--log", log, store, mountpoint).succeed();
    return new Mounted(mountpoint);
  }

  private Mounted(Path mountpoint) {
    this.mountpoint = mountpoint;
  }

  /** The folder in which the tree of an artifact appears. */
  Path tree(String name) {
    return mountpoint.resolve(name).resolve("latest");
  }

  @Override
  public void close() throws IOException {
    Command.Outcome outcome = Command.snapfs("umount", mountpoint).run();
    if (outcome.code() != 0) {
      Command.of("umount", "--lazy", mountpoint).run(); // leave nothing behind
    }
    assertEquals(new Command.Outcome(0, ""), outcome);
  }
}
