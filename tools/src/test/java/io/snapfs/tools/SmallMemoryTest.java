package io.snapfs.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.snapfs.fusefs.Transports;
import io.snapfs.tools.command.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/snapfs mount} in a control group of 256 MiB, reading more than that. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SmallMemoryTest {
  private static final long LIMIT = 256L << 20;
  private static final int BLOCK = 4 << 20;
  private static final int BLOCKS = 78;
  private static final int HALF_OF_A_BYTE = 0x0f;

  @TempDir private Path dir;
  private InstalledSnapfs snapfs;
  private Path group;
  private Path mountpoint;

  @BeforeEach
  void makeGroup() throws IOException {
    assumeTrue(
        Transports.preferred().unavailableReason().isEmpty(),
        () -> "no FUSE here: " + Transports.preferred().unavailableReason());
    String name = "snapfs-test-" + ProcessHandle.current().pid();
    Path v1 = Path.of("/sys/fs/cgroup/memory");
    Path v2 = Path.of("/sys/fs/cgroup");
    if (Files.isWritable(v1.resolve("memory.limit_in_bytes"))) {
      group = limited(v1.resolve(name), "memory.limit_in_bytes");
    } else if (Files.exists(v2.resolve("cgroup.subtree_control"))
        && Files.readString(v2.resolve("cgroup.subtree_control")).contains("memory")) {
      group = limited(v2.resolve(name), "memory.max");
    }
    assumeTrue(group != null, "no memory controller of control groups that may be written to");
    snapfs = new InstalledSnapfs(dir);
    mountpoint = Files.createDirectory(dir.resolve("mountpoint"));
  }

  /** Null if it can't be made. */
  private static Path limited(Path group, String file) throws IOException {
    try {
      Files.createDirectory(group);
    } catch (IOException e) {
      return null;
    }
    Files.writeString(group.resolve(file), Long.toString(LIMIT));
    return group;
  }

  @AfterEach
  void leaveNothingBehind() throws Exception {
    if (snapfs != null) {
      snapfs.killServers();
      while (Files.readString(Path.of("/proc/self/mountinfo")).contains(" " + mountpoint + " ")) {
        assertEquals(
            0, new ProcessBuilder("umount", "-l", mountpoint.toString()).start().waitFor());
      }
    }
    if (group != null) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
      while (!Files.readString(group.resolve("cgroup.procs")).isEmpty()) {
        assertTrue(System.nanoTime() < deadline, "the control group is not empty");
        Thread.sleep(20);
      }
      Files.delete(group);
    }
  }

  @Test
  void whatIsLargerThanAllMemoryIsReadWhole() throws Exception {
    Path folder = Files.createDirectory(dir.resolve("folder"));
    String written = write(folder.resolve("large"));
    Path store = dir.resolve("store");
    assertEquals(ExitCode.OK, Cli.run("pack", folder, "--store", store, "--name", "large").code());
    Files.delete(folder.resolve("large"));

    List<String> inGroup =
        List.of("sh", "-c", "echo $$ >\"$0/cgroup.procs\" && exec \"$@\"", group.toString());
    Process mounting = snapfs.startBehind(inGroup, "mount", store, mountpoint);
    assertEquals(new Cli.Result(ExitCode.OK, "", ""), snapfs.await(mounting));
    ProcessHandle server = snapfs.server().orElseThrow();
    String members = Files.readString(group.resolve("cgroup.procs"));
    assertTrue(members.contains(Long.toString(server.pid())), members);
    for (int i = 0; i < 2; i++) {
      assertEquals(written, sum(mountpoint.resolve("large/latest/large")));
    }
    assertTrue(server.isAlive());
    assertEquals(new Cli.Result(ExitCode.OK, "", ""), snapfs.run("umount", mountpoint));
  }

  /** A file that compresses to half; returns its sum. */
  private static String write(Path file) throws Exception {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    Random random = new Random(7);
    byte[] block = new byte[BLOCK];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < BLOCKS; i++) {
        random.nextBytes(block);
        for (int at = 0; at < BLOCK; at++) {
          block[at] &= HALF_OF_A_BYTE;
        }
        sha256.update(block);
        out.write(block);
      }
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  private static String sum(Path file) throws Exception {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    byte[] block = new byte[BLOCK];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(block); count > 0; count = in.read(block)) {
        sha256.update(block, 0, count);
      }
    }
    return HexFormat.of().formatHex(sha256.digest());
  }
}
