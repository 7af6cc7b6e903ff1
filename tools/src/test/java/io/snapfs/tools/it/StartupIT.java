package io.snapfs.tools.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code tools/archive.sh} has made is used, and does no harm where it doesn't fit. */
class StartupIT {
  private static final String FROM_ARCHIVE = "picocli.CommandLine source: shared objects file";

  @TempDir Path folder;
  private Path store;

  @BeforeEach
  void packSomething() throws IOException {
    Path tree = Files.createDirectory(folder.resolve("tree"));
    Files.writeString(tree.resolve("file"), "hello");
    store = folder.resolve("store");
    Command.snapfs("pack", tree, "--store", store, "--name", "tiny").succeed();
  }

  @Test
  void classesComeFromTheArchive() throws IOException {
    assertTrue(classesLoadedBy(Command.REPOSITORY).contains(FROM_ARCHIVE));
  }

  @Test
  void nativeLibrariesAreNotUnpacked() throws IOException {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Command.snapfs("verify", store)
        .with(Map.of("SNAPFS_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary))
        .succeed();
    try (Stream<Path> unpacked = Files.list(temporary)) {
      assertEquals(0, unpacked.count());
    }
  }

  @Test
  void anArchiveOfOtherJarsIsNotUsed() throws IOException {
    Path copy = copyOfTheProduct();
    try (Stream<Path> jars = Files.list(copy.resolve("tools/target/lib"))) {
      Path jar = jars.filter(each -> each.toString().contains("picocli")).findFirst().orElseThrow();
      Command.of("touch", jar).succeed();
    }
    assertFalse(classesLoadedBy(copy).contains(FROM_ARCHIVE));
    assertSameListing(copy);
  }

  @Test
  void aDamagedArchiveIsNotUsed() throws IOException {
    Path copy = copyOfTheProduct();
    try (Stream<Path> files = Files.list(copy.resolve("tools/target/startup"))) {
      Path archive =
          files.filter(each -> each.toString().endsWith(".jsa")).findFirst().orElseThrow();
      Files.delete(archive);
      Files.write(archive, new byte[1 << 20]);
    }
    assertFalse(classesLoadedBy(copy).contains(FROM_ARCHIVE));
    assertSameListing(copy);
  }

  private Path copyOfTheProduct() throws IOException {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    Command.of(
            "sh",
            "-c",
            "cp -a --parents bin tools/target/*.jar tools/target/lib"
                + " tools/target/startup "
                + copy)
        .in(Command.REPOSITORY)
        .succeed();
    return copy;
  }

  private String classesLoadedBy(Path home) throws IOException {
    Path log = folder.resolve("classes");
    Command.of(home.resolve("bin/snapfs"), "ls", store)
        .with(Map.of("SNAPFS_JAVA_OPTS", "-Xlog:class+load:file=" + log))
        .succeed();
    return Files.readString(log);
  }

  /** The outputs hold whatever the JVM has to say, so they are the same only if it says nothing. */
  private void assertSameListing(Path home) throws IOException {
    assertEquals(
        Command.snapfs("ls", store).succeed(),
        Command.of(home.resolve("bin/snapfs"), "ls", store).succeed());
  }
}
