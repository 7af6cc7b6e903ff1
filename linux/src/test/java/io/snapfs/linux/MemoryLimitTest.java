package io.snapfs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MemoryLimitTest {
  private static final long GIB = 1L << 30;

  @TempDir Path root;

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void machine(String gib, String cgroup) throws IOException {
    write("proc/meminfo", "MemFree:  77 kB\nMemTotal:       " + gib + "048576 kB\nCached: 1 kB\n");
    write("proc/self/cgroup", cgroup);
  }

  @Test
  void withoutControlGroupsTheMachineCounts() throws IOException {
    machine("1", "0::/\n");
    assertEquals(GIB, MemoryLimit.bytes(root));
  }

  @Test
  void groupsOfVersionTwoInheritFromThoseAbove() throws IOException {
    machine("1", "0::/a.slice/b.scope\n");
    write("sys/fs/cgroup/a.slice/memory.max", "300000000\n");
    write("sys/fs/cgroup/a.slice/b.scope/memory.max", "max\n");
    assertEquals(300_000_000, MemoryLimit.bytes(root));
    write("sys/fs/cgroup/a.slice/b.scope/memory.max", "200000000\n");
    assertEquals(200_000_000, MemoryLimit.bytes(root));
    write("sys/fs/cgroup/a.slice/b.scope/memory.max", Long.toString(4 * GIB));
    write("sys/fs/cgroup/a.slice/memory.max", Long.toString(5 * GIB));
    assertEquals(GIB, MemoryLimit.bytes(root));
  }

  @Test
  void groupsOfVersionOneAreAskedBesideEmptyOnesOfVersionTwo() throws IOException {
    machine("1", "9:name=systemd:/\n4:cpu,memory:/x/y\n0::/\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    write("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "268435456\n");
    write("sys/fs/cgroup/memory/x/y/memory.limit_in_bytes", "99999999999999999999999\n");
    assertEquals(268_435_456, MemoryLimit.bytes(root));
  }

  @Test
  void inAContainerTheRootOfTheHierarchyIsTheGroup() throws IOException {
    machine("1", "4:memory:/docker/0123\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "12345678\n");
    assertEquals(12_345_678, MemoryLimit.bytes(root));
    machine("1", "0::/../../outside\n");
    write("sys/fs/cgroup/memory.max", "23456789\n");
    write("sys/fs/memory.max", "1\n");
    write("sys/outside/memory.max", "1\n");
    assertEquals(23_456_789, MemoryLimit.bytes(root));
  }

  @Test
  void whatMakesNoSenseIsNoLimit() throws IOException {
    assertEquals(Long.MAX_VALUE, MemoryLimit.bytes(root));
    machine("1", "nonsense\n\n0::/a\n4:memory:/\n");
    write("sys/fs/cgroup/a/memory.max", "-5\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "0\n");
    assertEquals(GIB, MemoryLimit.bytes(root));
  }

  @Test
  void thisMachineHasALimit() {
    long limit = MemoryLimit.bytes();
    assertTrue(limit > 1 << 20 && limit < Long.MAX_VALUE, "limit " + limit);
  }
}
