package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MountsTest extends LinuxTest {
  private Path target;

  @BeforeEach
  void makeMountpoint() throws IOException {
    assumeRoot();
    target = Files.createDirectory(path.resolve("mnt"));
  }

  @AfterEach
  void unmountWhatIsLeft() throws IOException {
    while (target != null
        && Files.readString(Path.of("/proc/self/mounts")).contains(" " + target + " ")) {
      Mounts.umount(bytes(), Mounts.MNT_DETACH);
    }
  }

  private byte[] bytes() {
    return name(target.toString());
  }

  @Test
  void aTmpfsComesWithItsOptionsAndGoes() throws IOException {
    Mounts.mount(name("snapfs-test"), bytes(), "tmpfs", Mounts.MS_NODEV, "size=1m,mode=711");
    StatFs statFs = StatFs.of(bytes());
    assertEquals(StatFs.TMPFS_MAGIC, statFs.type());
    assertEquals(1 << 20, statFs.blocks() * statFs.blockSize());
    assertEquals(0711, Stat.lstatAt(dir, name("mnt")).permissions());
    assertTrue(Files.readString(Path.of("/proc/self/mounts")).contains("snapfs-test " + target));
    Mounts.umount(bytes(), 0);
    assertNotEquals(0711, Stat.lstatAt(dir, name("mnt")).permissions());
    assertErrno(Errno.EINVAL, () -> Mounts.umount(bytes(), 0));
  }

  @Test
  void aBusyMountGoesOnlyDetached() throws IOException {
    Mounts.mount(name("test"), bytes(), "tmpfs", 0, "");
    try (Fd inside = Open.at(dir, name("mnt/f"), Open.O_RDWR | Open.O_CREAT, 0600)) {
      LinuxException e = assertErrno(Errno.EBUSY, () -> Mounts.umount(bytes(), 0));
      assertEquals("umount2 " + target + ": EBUSY (Device or resource busy)", e.getMessage());
      Mounts.umount(bytes(), Mounts.MNT_DETACH | Mounts.UMOUNT_NOFOLLOW);
      FileSpace.truncate(inside, 10);
      assertEquals(10, Stat.fstat(inside).size(), "open files go on");
      assertErrno(Errno.ENOENT, () -> Stat.lstatAt(dir, name("mnt/f")));
    }
  }

  @Test
  void aBindMountCanBeMadeReadOnly() throws IOException {
    Files.createDirectory(path.resolve("source"));
    Mounts.mount(name(path + "/source"), bytes(), "none", Mounts.MS_BIND, "");
    Mounts.mount(
        name("none"), bytes(), "none", Mounts.MS_BIND | Mounts.MS_REMOUNT | Mounts.MS_RDONLY, "");
    create("source/f").close();
    assertTrue(Stat.lstatAt(dir, name("mnt/f")).isRegular());
    assertErrno(Errno.EROFS, () -> create("mnt/g"));
  }

  @Test
  void noFollowRefusesALink() throws IOException {
    Mounts.mount(name("test"), bytes(), "tmpfs", 0, "");
    Entries.symlink(name("mnt"), dir, name("link"));
    assertErrno(Errno.EINVAL, () -> Mounts.umount(name(path + "/link"), Mounts.UMOUNT_NOFOLLOW));
    assertEquals(StatFs.TMPFS_MAGIC, StatFs.of(bytes()).type());
  }

  @Test
  void anUnknownTypeIsNamed() {
    LinuxException e =
        assertErrno(Errno.ENODEV, () -> Mounts.mount(name("x"), bytes(), "no-such-fs", 0, ""));
    assertEquals("mount no-such-fs on " + target + ": ENODEV (No such device)", e.getMessage());
  }
}
