package io.snapfs.tools.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A tree with everything that a file tree can hold comes back the same by every road. */
class TreeIT {
  private static final Path RESOURCES = Path.of("src", "test", "resources").toAbsolutePath();

  private static Path folder;
  private static Path tree;
  private static Path store;

  @BeforeAll
  static void packATreeWithEverything() throws IOException {
    assumeTrue(System.getProperty("user.name").equals("root"), "device nodes need root");
    folder = Files.createTempDirectory("snapfs-tree");
    tree = folder.resolve("tree");
    store = folder.resolve("store");
    Command.of(RESOURCES.resolve("make-tree.py"), tree).succeed();
    // In the locale in which Java would take names to be ASCII.
    Command.snapfs("pack", tree, "--store", store, "--name", "tree")
        .with(Map.of("LC_ALL", "C"))
        .succeed();
  }

  /** Not by JUnit, since Java cannot delete names that its locale cannot express. */
  @AfterAll
  static void delete() throws IOException {
    if (folder != null) {
      Command.of("rm", "-rf", folder).succeed();
    }
  }

  @Test
  void mountShowsTheSameTree() throws IOException {
    try (Mounted mounted = Mounted.at(folder.resolve("mnt"), store)) {
      assertSame(mounted.tree("tree"));
    }
  }

  @Test
  void unpackMakesTheSameTree() throws IOException {
    Path copy = folder.resolve("copy");
    Command.snapfs("unpack", store, "tree", copy).with(Map.of("LC_ALL", "C")).succeed();
    assertSame(copy);
  }

  @Test
  void storeOfTheTreeIsWhole() throws IOException {
    Command.snapfs("verify", store).succeed();
  }

  private static void assertSame(Path copy) throws IOException {
    assertEquals(
        new Command.Outcome(0, ""),
        Command.of(RESOURCES.resolve("compare-trees.sh"), tree, copy).run());
  }
}
