package io.snapfs.format.unpack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.AlreadyExistsException;
import io.snapfs.format.ArtifactRef;
import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.Progress;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import io.snapfs.format.write.PackOptions;
import io.snapfs.format.write.Packer;
import io.snapfs.linux.Attributes;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Mounts;
import io.snapfs.linux.Names;
import io.snapfs.linux.Processes;
import io.snapfs.linux.Stat;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackerTest {
  private static final ArtifactRef REF = ArtifactRef.parse("a");

  @TempDir Path temp;
  private Path source;
  private Path target;
  private Store store;

  @BeforeEach
  void setUp() throws IOException {
    source = Files.createDirectory(temp.resolve("source"));
    target = Files.createDirectory(temp.resolve("out")).resolve("target");
    store = Store.openOrCreate(temp.resolve("store"));
  }

  @AfterEach
  void tearDown() throws IOException {
    store.close();
  }

  private UnpackResult packAndUnpack() throws IOException {
    new Packer(store, PackOptions.defaults()).pack(source, REF);
    return unpack();
  }

  private UnpackResult unpack() throws IOException {
    try (OpenArtifact artifact = store.openArtifact(REF)) {
      return new Unpacker(artifact, 2, Progress.NONE).unpack(target);
    }
  }

  private byte[] write(String name, int length) throws IOException {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    Files.write(source.resolve(name), bytes);
    return bytes;
  }

  private List<Path> besideTarget() throws IOException {
    try (Stream<Path> entries = Files.list(target.getParent())) {
      return entries.sorted().toList();
    }
  }

  @Test
  void attributesAndLinksComeBack() throws IOException {
    byte[] bytes = write("f", 300_000);
    Files.createLink(source.resolve("second"), source.resolve("f"));
    Files.createDirectory(source.resolve("d"));
    Files.createLink(source.resolve("d/third"), source.resolve("f"));
    Files.setPosixFilePermissions(
        source.resolve("f"), PosixFilePermissions.fromString("r--rw---x"));
    for (String name : List.of("f", "d", "")) {
      byte[] path = Names.of(source.resolve(name).toString());
      Attributes.setTimes(Fd.CWD, path, 0, Attributes.UTIME_OMIT, -12_345, 987_654_321);
    }
    UnpackResult result = packAndUnpack();
    assertEquals(new UnpackResult(1, 300_000, 0, 0, 0), result);
    assertArrayEquals(bytes, Files.readAllBytes(target.resolve("d/third")));
    assertTrue(Files.isSameFile(target.resolve("f"), target.resolve("second")));
    assertTrue(Files.isSameFile(target.resolve("f"), target.resolve("d/third")));
    assertEquals(
        "r--rw---x",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(target.resolve("f"))));
    for (String name : List.of("f", "d", "")) {
      Stat stat = Stat.lstatAt(Fd.CWD, Names.of(target.resolve(name).toString()));
      assertEquals(-12_345, stat.mtimeSec(), name);
      assertEquals(987_654_321, stat.mtimeNsec(), name);
    }
  }

  @Test
  void linksThatPointOutsideAreMadeButNotFollowed() throws IOException {
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.createSymbolicLink(source.resolve("absolute"), outside);
    Files.createSymbolicLink(source.resolve("up"), Path.of("../../outside"));
    FileTime before = Files.getLastModifiedTime(outside);
    packAndUnpack();
    assertEquals(outside, Files.readSymbolicLink(target.resolve("absolute")));
    assertEquals(Path.of("../../outside"), Files.readSymbolicLink(target.resolve("up")));
    assertEquals(before, Files.getLastModifiedTime(outside));
    try (Stream<Path> entries = Files.list(outside)) {
      assertEquals(0, entries.count());
    }
  }

  @Test
  void anEmptyFolderMayBeTheTarget() throws IOException {
    byte[] bytes = write("f", 10);
    Files.createDirectory(target);
    packAndUnpack();
    assertArrayEquals(bytes, Files.readAllBytes(target.resolve("f")));
    assertEquals(List.of(target), besideTarget());
  }

  @Test
  void whatIsThereIsNotTouched() throws IOException {
    write("f", 10);
    Files.createDirectory(target);
    Files.writeString(target.resolve("mine"), "mine");
    AlreadyExistsException e = assertThrows(AlreadyExistsException.class, this::packAndUnpack);
    assertTrue(e.getMessage().contains("not empty"), e.getMessage());
    assertEquals("mine", Files.readString(target.resolve("mine")));
    assertFalse(Files.exists(target.resolve("f")));
  }

  @Test
  void aLinkOrAFileIsNoTarget() throws IOException {
    write("f", 10);
    Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
    Files.createSymbolicLink(target, elsewhere);
    assertThrows(AlreadyExistsException.class, this::packAndUnpack);
    Files.delete(target);
    Files.createFile(target);
    assertThrows(AlreadyExistsException.class, this::unpack);
    try (Stream<Path> entries = Files.list(elsewhere)) {
      assertEquals(0, entries.count());
    }
  }

  @Test
  void theParentMustExist() throws IOException {
    write("f", 10);
    target = target.resolve("deeper");
    MissingException e = assertThrows(MissingException.class, this::packAndUnpack);
    assertTrue(e.getMessage().contains("there is no folder"), e.getMessage());
  }

  @Test
  void aMountPointIsRefusedWithAWayOut() throws IOException {
    Assumptions.assumeTrue(Processes.effectiveUid() == 0, "mounting needs root");
    write("f", 10);
    Files.createDirectory(target);
    Mounts.mount(Names.of("tmpfs"), Names.of(target.toString()), "tmpfs", 0, "");
    try {
      SnapfsException e = assertThrows(SnapfsException.class, this::packAndUnpack);
      assertTrue(e.getMessage().contains("mount point"), e.getMessage());
      assertEquals(List.of(target), besideTarget());
    } finally {
      Mounts.umount(Names.of(target.toString()), 0);
    }
  }

  @Test
  void aDamagedChunkLeavesNothingBehind() throws IOException {
    write("f", 2_000_000);
    Files.createDirectory(source.resolve("d"));
    Files.createDirectory(source.resolve("d/e"));
    new Packer(store, PackOptions.defaults()).pack(source, REF);
    Path pack;
    try (Stream<Path> files = Files.walk(temp.resolve("store/packs"))) {
      pack = files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
    try (RandomAccessFile file = new RandomAccessFile(pack.toFile(), "rw")) {
      file.seek(1_000_000);
      int old = file.read();
      file.seek(1_000_000);
      file.write(old ^ 4);
    }
    CorruptException e = assertThrows(CorruptException.class, this::unpack);
    assertTrue(e.getMessage().contains(pack.getFileName().toString()), e.getMessage());
    assertFalse(Files.exists(target, LinkOption.NOFOLLOW_LINKS));
    assertEquals(List.of(), besideTarget());
  }
}
