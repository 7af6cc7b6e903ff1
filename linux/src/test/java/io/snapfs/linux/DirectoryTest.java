package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DirectoryTest extends LinuxTest {
  /** Lists a directory and reads each of its files, in a JVM that can decode nothing but ASCII. */
  static final class ListAsHex {
    public static void main(String[] args) throws IOException {
      try (Fd dir = Open.directory(Fd.CWD, Names.of(args[0]))) {
        for (DirEntry entry : Directory.list(dir)) {
          try (Fd file = Open.at(dir, entry.name(), Open.O_RDONLY)) {
            System.out.println(
                HexFormat.of().formatHex(entry.name()) + " " + Stat.fstat(file).size());
          }
        }
      }
    }

    private ListAsHex() {}
  }

  @Test
  void typesAndInodesAreThoseOfTheFiles() throws IOException {
    create("file").close();
    directory("directory").close();
    Entries.symlink(name("x"), dir, name("link"));
    Entries.mknod(dir, name("fifo"), Mode.S_IFIFO | 0600, 0, 0);
    Entries.mknod(dir, name("socket"), Mode.S_IFSOCK | 0600, 0, 0);
    Map<String, Byte> types = new HashMap<>();
    for (DirEntry entry : Directory.list(dir)) {
      types.put(Names.printable(entry.name()), entry.type());
      assertEquals(Stat.lstatAt(dir, entry.name()).ino(), entry.ino());
    }
    assertEquals(
        Map.of(
            "file", DirEntry.DT_REG,
            "directory", DirEntry.DT_DIR,
            "link", DirEntry.DT_LNK,
            "fifo", DirEntry.DT_FIFO,
            "socket", DirEntry.DT_SOCK),
        types);
  }

  @Test
  void manyEntriesAreAllThereOnceEachTimeItIsListed() throws IOException {
    Set<String> expected = new TreeSet<>();
    for (int i = 0; i < 5_000; i++) {
      String name = "entry-" + i + "-" + "x".repeat(i % 200);
      Entries.mknod(dir, name(name), Mode.S_IFREG | 0600, 0, 0);
      expected.add(name);
    }
    for (int time = 0; time < 2; time++) {
      List<DirEntry> entries = Directory.list(dir);
      assertEquals(5_000, entries.size());
      assertEquals(
          expected,
          entries.stream()
              .map(entry -> Names.printable(entry.name()))
              .collect(Collectors.toCollection(TreeSet::new)));
    }
  }

  @Test
  void onlyDotAndDotDotAreLeftOut() throws IOException {
    for (String name : List.of("...", ".a", "..b", ". ", "a.")) {
      create(name).close();
    }
    assertEquals(
        Set.of("...", ".a", "..b", ". ", "a."),
        Directory.list(dir).stream()
            .map(entry -> Names.printable(entry.name()))
            .collect(Collectors.toSet()));
  }

  @Test
  void namesThatAreNotUtf8SurviveAJvmThatKnowsOnlyAscii() throws Exception {
    try (Fd fd = create(ODD_NAME)) {
      FileSpace.truncate(fd, 42);
    }
    String output = new ChildJvm().run(ListAsHex.class, path.toString());
    assertEquals(HexFormat.of().formatHex(ODD_NAME) + " 42\n", output);
  }

  @Test
  void whatIsNotADirectoryIsAnError() throws IOException {
    try (Fd file = create("f")) {
      assertErrno(Errno.ENOTDIR, () -> Directory.list(file));
    }
    Fd removed = directory("gone");
    try (removed) {
      Entries.rmdir(dir, name("gone"));
      assertErrno(Errno.ENOENT, () -> Directory.list(removed));
    }
  }

  @Test
  void entriesAreEqualByTheBytesOfTheirNames() {
    DirEntry entry = new DirEntry(name("a"), 1, DirEntry.DT_REG);
    assertEquals(new DirEntry(name("a"), 1, DirEntry.DT_REG), entry);
    assertEquals(new DirEntry(name("a"), 1, DirEntry.DT_REG).hashCode(), entry.hashCode());
    assertNotEquals(new DirEntry(name("b"), 1, DirEntry.DT_REG), entry);
    assertNotEquals(new DirEntry(name("a"), 2, DirEntry.DT_REG), entry);
    assertNotEquals(new DirEntry(name("a"), 1, DirEntry.DT_DIR), entry);
    assertTrue(entry.toString().startsWith("a (ino 1"), entry.toString());
  }
}
