package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class XattrsTest extends LinuxTest {
  private static final HexFormat HEX = HexFormat.of();

  private static Set<String> hex(List<byte[]> names) {
    Set<String> all = new TreeSet<>();
    names.forEach(name -> all.add(HEX.formatHex(name)));
    return all;
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void namesAndValuesAreBytesThroughPathAndDescriptor() throws IOException {
    byte[] odd = {'u', 's', 'e', 'r', '.', (byte) 0xff, (byte) 0x80, '\n'};
    byte[] value = random(1_000);
    try (Fd fd = create(ODD_NAME)) {
      byte[] entry = Xattrs.pathIn(dir, ODD_NAME);
      assertTrue(Xattrs.list(entry).isEmpty());
      Xattrs.set(entry, odd, value, 0);
      Xattrs.set(fd, name("user.empty"), new byte[0], 0);
      assertEquals(hex(List.of(odd, name("user.empty"))), hex(Xattrs.list(entry)));
      assertEquals(hex(Xattrs.list(entry)), hex(Xattrs.list(fd)));
      assertArrayEquals(value, Xattrs.get(fd, odd));
      assertArrayEquals(value, Xattrs.get(entry, odd));
      assertArrayEquals(new byte[0], Xattrs.get(entry, name("user.empty")));
      Xattrs.remove(entry, odd);
      Xattrs.remove(fd, name("user.empty"));
      assertTrue(Xattrs.list(fd).isEmpty());
    }
  }

  @Test
  void agreesWithWhatJavaSays() throws IOException {
    create("f").close();
    UserDefinedFileAttributeView java =
        Files.getFileAttributeView(path.resolve("f"), UserDefinedFileAttributeView.class);
    java.write("from-java", ByteBuffer.wrap(name("one")));
    Xattrs.set(Xattrs.pathIn(dir, name("f")), name("user.from-here"), name("two"), 0);
    assertArrayEquals(name("one"), Xattrs.get(name(path + "/f"), name("user.from-java")));
    ByteBuffer value = ByteBuffer.allocate(10);
    java.read("from-here", value);
    assertEquals(ByteBuffer.wrap(name("two")), value.flip());
  }

  @Test
  void createAndReplaceAreTold() throws IOException {
    try (Fd fd = create("f")) {
      byte[] file = Xattrs.pathIn(dir, name("f"));
      assertErrno(
          Errno.ENODATA, () -> Xattrs.set(file, name("user.a"), name("1"), Xattrs.XATTR_REPLACE));
      assertErrno(
          Errno.ENODATA, () -> Xattrs.set(fd, name("user.a"), name("1"), Xattrs.XATTR_REPLACE));
      Xattrs.set(file, name("user.a"), name("1"), Xattrs.XATTR_CREATE);
      assertErrno(
          Errno.EEXIST, () -> Xattrs.set(file, name("user.a"), name("2"), Xattrs.XATTR_CREATE));
      assertErrno(
          Errno.EEXIST, () -> Xattrs.set(fd, name("user.a"), name("2"), Xattrs.XATTR_CREATE));
      assertArrayEquals(name("1"), Xattrs.get(fd, name("user.a")));
    }
  }

  @Test
  void theLargestValueSurvives() throws IOException {
    assumeRoot();
    byte[] value = random(64 * 1024);
    byte[] target = name(path.toString());
    Mounts.mount(name("test"), target, "tmpfs", 0, "size=4m"); // ext4 keeps less than a block
    try (Fd root = Open.directory(Fd.CWD, target);
        Fd fd = Open.at(root, name("f"), Open.O_RDWR | Open.O_CREAT, 0600)) {
      Xattrs.set(fd, name("trusted.large"), value, 0);
      assertArrayEquals(value, Xattrs.get(fd, name("trusted.large")));
      assertErrno(Errno.E2BIG, () -> Xattrs.set(fd, name("trusted.x"), new byte[64 * 1024 + 1], 0));
    } finally {
      Mounts.umount(target, Mounts.MNT_DETACH);
    }
  }

  @Test
  void everyNamespaceAndAcls() throws IOException {
    assumeRoot();
    // Version 2; user::rw-, user:1000:r--, group::r--, mask::r--, other::---
    byte[] acl =
        HEX.parseHex(
            "02000000"
                + "01000600ffffffff"
                + "02000400e8030000"
                + "04000400ffffffff"
                + "10000400ffffffff"
                + "20000000ffffffff");
    try (Fd fd = create(ODD_NAME)) {
      byte[] entry = Xattrs.pathIn(dir, ODD_NAME);
      Xattrs.set(entry, name("trusted.a"), name("t"), 0);
      Xattrs.set(entry, name("security.snapfs-test"), name("s"), 0);
      Xattrs.set(entry, name("system.posix_acl_access"), acl, 0);
      assertArrayEquals(name("t"), Xattrs.get(fd, name("trusted.a")));
      assertArrayEquals(name("s"), Xattrs.get(fd, name("security.snapfs-test")));
      assertArrayEquals(acl, Xattrs.get(fd, name("system.posix_acl_access")));
      assertEquals(0640, Stat.fstat(fd).permissions(), "the kernel has understood the ACL");
      assertTrue(hex(Xattrs.list(fd)).contains(HEX.formatHex(name("trusted.a"))));
    }
  }

  @Test
  void aLinkIsNotFollowed() throws IOException {
    assumeRoot();
    create("f").close();
    Entries.symlink(name("f"), dir, name("link"));
    byte[] link = Xattrs.pathIn(dir, name("link"));
    Xattrs.set(link, name("trusted.on-link"), name("x"), 0);
    assertTrue(Xattrs.list(Xattrs.pathIn(dir, name("f"))).isEmpty());
    assertArrayEquals(name("x"), Xattrs.get(link, name("trusted.on-link")));
    Xattrs.remove(link, name("trusted.on-link"));
    assertErrno(Errno.ENODATA, () -> Xattrs.get(link, name("trusted.on-link")));
  }

  @Test
  void errorsNameFileAndAttribute() throws IOException {
    create("f").close();
    LinuxException e =
        assertErrno(Errno.ENODATA, () -> Xattrs.get(name(path + "/f"), name("user.none")));
    assertEquals(
        "lgetxattr " + path + "/f attribute user.none: ENODATA (No data available)",
        e.getMessage());
    assertErrno(Errno.ENOENT, () -> Xattrs.list(name(path + "/g")));
    assertErrno(Errno.ENODATA, () -> Xattrs.remove(name(path + "/f"), name("user.none")));
  }
}
