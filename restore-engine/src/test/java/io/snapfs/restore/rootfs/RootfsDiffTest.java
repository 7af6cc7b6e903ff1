package io.snapfs.restore.rootfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.snapfs.format.CorruptException;
import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Names;
import io.snapfs.linux.Processes;
import io.snapfs.linux.Stat;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a root filesystem. */
class RootfsDiffTest {
  @TempDir Path folder;
  private Path root;
  private Path outside;

  @BeforeEach
  void makeBase() throws IOException {
    assumeTrue(Processes.effectiveUid() == 0, "needs root");
    root = Files.createDirectory(folder.resolve("root"));
    outside = Files.createDirectory(folder.resolve("outside"));
    Files.writeString(outside.resolve("precious"), "mine");
    Files.createDirectories(root.resolve("etc/old"));
    Files.writeString(root.resolve("etc/passwd"), "base");
    Files.writeString(root.resolve("etc/old/a"), "a");
    Files.writeString(root.resolve("etc/old/b"), "b");
    Files.createSymbolicLink(root.resolve("away"), outside);
  }

  private long apply(TestTar tar) throws IOException {
    try (RootfsDiff diff = new RootfsDiff(root)) {
      return diff.apply(tar.open(), "the tar");
    }
  }

  private Set<String> names(String path) throws IOException {
    try (Stream<Path> files = Files.list(root.resolve(path))) {
      return new TreeSet<>(files.map(each -> each.getFileName().toString()).toList());
    }
  }

  private void assertOutsideIsUntouched() throws IOException {
    try (Stream<Path> files = Files.list(outside)) {
      assertEquals(List.of(outside.resolve("precious")), files.toList());
    }
    assertEquals("mine", Files.readString(outside.resolve("precious")));
  }

  @Test
  void filesAreReplacedAndAdded() throws IOException {
    TestTar tar =
        new TestTar()
            .mode(0750)
            .directory("./etc/")
            .mode(04755)
            .file("./etc/passwd", "edited")
            .mode(0600)
            .file("new/deep/file", "x".repeat(3000));
    assertEquals(3, apply(tar));
    assertEquals("edited", Files.readString(root.resolve("etc/passwd")));
    assertEquals("x".repeat(3000), Files.readString(root.resolve("new/deep/file")));
    assertEquals(04755, stat("etc/passwd").permissions());
    assertEquals(0750, stat("etc").permissions());
    assertEquals(TestTar.SECONDS, stat("etc").mtimeSec());
    assertEquals(new TreeSet<>(List.of("old", "passwd")), names("etc"));
  }

  private Stat stat(String path) throws IOException {
    return Stat.lstatAt(Fd.CWD, Names.of(root.resolve(path).toString()));
  }

  @Test
  void deletionsOfBothKinds() throws IOException {
    apply(
        new TestTar()
            .device("etc/passwd", 0, 0)
            .file("etc/old/.wh.a", "")
            .device("not-there/x", 0, 0)
            .device("away", 0, 0));
    assertEquals(new TreeSet<>(List.of("old")), names("etc"));
    assertEquals(new TreeSet<>(List.of("b")), names("etc/old"));
    assertFalse(Files.exists(root.resolve("away"), LinkOption.NOFOLLOW_LINKS));
    assertOutsideIsUntouched();
  }

  @Test
  void opaqueDirectoriesLoseWhatTheDiffHasNot() throws IOException {
    apply(
        new TestTar()
            .extended(Map.of("SCHILY.xattr.trusted.overlay.opaque", "y"))
            .directory("etc/old")
            .file("etc/old/c", "c"));
    assertEquals(new TreeSet<>(List.of("c")), names("etc/old"));
    apply(new TestTar().file("etc/new", "n").file("etc/.wh..wh..opq", ""));
    assertEquals(new TreeSet<>(List.of("new")), names("etc"));
  }

  @Test
  void linksAndKindsAreReplaced() throws IOException {
    apply(
        new TestTar()
            .file("etc/old", "a file now")
            .link(TarEntry.HARD_LINK, "etc/again", "etc/old")
            .link(TarEntry.SYMLINK, "etc/passwd", "../away/precious")
            .directory("away")
            .file("away/file", "inside"));
    assertEquals("a file now", Files.readString(root.resolve("etc/again")));
    assertTrue(stat("etc/again").isSameFile(stat("etc/old")));
    assertEquals(Path.of("../away/precious"), Files.readSymbolicLink(root.resolve("etc/passwd")));
    assertEquals("inside", Files.readString(root.resolve("away/file")));
    assertOutsideIsUntouched();
  }

  @Test
  void attributesAndTimesToTheNanosecond() throws IOException {
    apply(
        new TestTar()
            .extended(
                Map.of(
                    "mtime",
                    "-1.25",
                    "uid",
                    "3000000",
                    "SCHILY.xattr.user.colour",
                    "blue",
                    "path",
                    "etc/" + "long".repeat(50)))
            .file("short", ""));
    Stat stat = stat("etc/" + "long".repeat(50));
    assertEquals(-2, stat.mtimeSec());
    assertEquals(750_000_000, stat.mtimeNsec());
    assertEquals(3_000_000, stat.uid());
    Object colour = Files.getAttribute(root.resolve("etc/" + "long".repeat(50)), "user:colour");
    assertEquals("blue", new String((byte[]) colour, StandardCharsets.US_ASCII));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../outside/x", "etc/../../outside/x", "away/x", "etc/passwd/x"})
  void nothingLeavesTheRoot(String path) throws IOException {
    assertThrows(SnapfsException.class, () -> apply(new TestTar().file(path, "evil")));
    assertThrows(
        SnapfsException.class,
        () -> apply(new TestTar().link(TarEntry.HARD_LINK, "stolen", "away/precious")));
    try (RootfsDiff diff = new RootfsDiff(root)) {
      diff.delete("away/precious");
    }
    assertOutsideIsUntouched();
  }

  @Test
  void whatIsElsewhereIsRefused() {
    SnapfsException refused =
        assertThrows(
            SnapfsException.class,
            () ->
                apply(
                    new TestTar()
                        .extended(Map.of("SCHILY.xattr.trusted.overlay.redirect", "old"))
                        .directory("etc/moved")));
    assertTrue(refused.getMessage().contains("redirect_dir=off"), refused.getMessage());
  }

  @Test
  void damageIsNoticed() throws IOException {
    byte[] whole = new TestTar().file("etc/passwd", "y".repeat(2000)).bytes();
    try (RootfsDiff diff = new RootfsDiff(root)) {
      assertThrows(
          EOFException.class,
          () -> diff.apply(new ByteArrayInputStream(Arrays.copyOf(whole, 1500)), "the tar"));
    }
    assertEquals("base", Files.readString(root.resolve("etc/passwd")));
    assertEquals(new TreeSet<>(List.of("old", "passwd")), names("etc"));
    whole[3] ^= 1;
    try (RootfsDiff diff = new RootfsDiff(root)) {
      CorruptException damaged =
          assertThrows(
              CorruptException.class, () -> diff.apply(new ByteArrayInputStream(whole), "the tar"));
      assertTrue(damaged.getMessage().contains("the tar"), damaged.getMessage());
    }
  }
}
