package io.snapfs.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.snapfs.fusefs.Transports;
import io.snapfs.linux.Fd;
import io.snapfs.linux.FileSync;
import io.snapfs.linux.Names;
import io.snapfs.linux.Open;
import io.snapfs.tools.command.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/snapfs mount --record} and {@code prefetch} as users start them. */
final class ProfileProcessTest {
  private static final long WITHIN_NANOS = TimeUnit.SECONDS.toNanos(60);

  @TempDir private Path dir;
  private InstalledSnapfs snapfs;
  private StoreFixture fixture;
  private Path mountpoint;
  private Path recording;
  private Process started;

  @BeforeEach
  void install() throws IOException {
    assumeTrue(
        Transports.preferred().unavailableReason().isEmpty(),
        () -> "no FUSE here: " + Transports.preferred().unavailableReason());
    snapfs = new InstalledSnapfs(dir);
    fixture = new StoreFixture(dir);
    Path folder = fixture.checkpoint();
    Files.write(folder.resolve("weights.bin"), fixture.noise(12 << 20));
    fixture.pack(folder, "worker:v1");
    mountpoint = Files.createDirectory(dir.resolve("mountpoint"));
    recording = dir.resolve("recording");
  }

  @AfterEach
  void leaveNothingBehind() throws IOException, InterruptedException {
    if (started != null) {
      started.destroyForcibly().waitFor();
    }
    if (snapfs != null) {
      snapfs.killServers();
    }
    while (isMounted()) {
      Process umount = new ProcessBuilder("umount", "-l", mountpoint.toString()).start();
      assertEquals(0, umount.waitFor(), "cannot unmount " + mountpoint);
    }
  }

  private boolean isMounted() throws IOException {
    return Files.readString(Path.of("/proc/self/mountinfo")).contains(" " + mountpoint + " ");
  }

  private static void await(String what, Callable<Boolean> condition) throws Exception {
    long start = System.nanoTime();
    while (!condition.call()) {
      assertTrue(System.nanoTime() - start < WITHIN_NANOS, "still not: " + what);
      Thread.sleep(20);
    }
  }

  private void readThroughTheMount(String name) throws IOException {
    assertTrue(Files.readAllBytes(mountpoint.resolve("worker/v1").resolve(name)).length > 0);
  }

  @Test
  void whatIsReadIsRecordedAndReplayed() throws Exception {
    Path store = fixture.store();
    assertEquals(
        new Cli.Result(ExitCode.OK, "", ""),
        snapfs.run("mount", store, mountpoint, "--record", recording));
    readThroughTheMount("weights.bin");
    readThroughTheMount("pages-1.img");
    assertTrue(Files.notExists(recording), "nothing is written before the end");
    ProcessHandle server = snapfs.server().orElseThrow();
    assertEquals(ExitCode.OK, snapfs.run("umount", mountpoint).code());
    await("the server ends", () -> !server.isAlive());
    assertTrue(Files.readString(recording).contains("\nartifact worker:v1 content "));
    assertEquals(ExitCode.OK, Cli.run("profile", "add", store, "worker:v1", recording).code());
    String shown = Cli.run("profile", "show", store, "worker:v1").out();
    assertTrue(shown.contains("\nweights.bin "), shown);
    assertTrue(shown.contains(" 100.0 % "), shown);
    assertTrue(shown.contains("\npages-1.img "), shown);
    assertTrue(!shown.contains("rootfs-diff"), shown);

    started = snapfs.start("mount", store, mountpoint, "--foreground");
    await("it is mounted", () -> snapfs.errorsSoFar().contains(" is mounted at "));
    readThroughTheMount("weights.bin");
    started.destroy();
    assertEquals(ExitCode.OK, snapfs.await(started).code());
    try (Stream<Path> files = Files.list(dir)) {
      assertTrue(files.noneMatch(file -> file.toString().endsWith(".tmp")));
    }
  }

  @Test
  void aSignalWritesTheRecordingEvenIfTheMountIsInUse() throws Exception {
    started =
        snapfs.start("mount", fixture.store(), mountpoint, "--foreground", "--record", recording);
    await("it is mounted", () -> snapfs.errorsSoFar().contains(" is mounted at "));
    readThroughTheMount("pages-1.img");
    try (InputStream open = Files.newInputStream(mountpoint.resolve("worker/v1/inventory.img"))) {
      assertTrue(open.read() >= 0);
      started.destroy();
      await("it is written", () -> Files.exists(recording));
      assertTrue(isMounted());
      readThroughTheMount("weights.bin");
    }
    long before = Files.size(recording);
    assertEquals(ExitCode.OK, snapfs.run("umount", mountpoint).code());
    await("it ends", () -> !started.isAlive());
    assertTrue(Files.size(recording) > before);
    Cli.Result added = Cli.run("profile", "add", fixture.store(), "worker:v1", recording);
    assertEquals(ExitCode.OK, added.code(), added.err());
  }

  @Test
  void whereItCannotBeWrittenIsSaidAtOnce() throws Exception {
    Path store = fixture.store();
    for (Path bad :
        new Path[] {mountpoint.resolve("recording"), dir.resolve("no/recording"), dir}) {
      Cli.Result result = Cli.run("mount", store, mountpoint, "--foreground", "--record", bad);
      assertEquals(ExitCode.FAILURE, result.code());
      assertTrue(result.err().contains("can't record to " + bad), result.err());
    }
  }

  @Test
  void prefetchBringsThePackIntoThePageCache() throws Exception {
    Path pack = fixture.onlyPack();
    try (Fd fd = Open.at(Fd.CWD, Names.of(pack.toString()), Open.O_RDONLY)) {
      FileSync.fsync(fd);
      FileSync.advise(fd, 0, 0, FileSync.POSIX_FADV_DONTNEED);
    }
    long before = residentBytes(pack);
    assumeTrue(before < Files.size(pack) / 10, "this filesystem keeps its pages");
    assertEquals(ExitCode.OK, snapfs.run("prefetch", fixture.store(), "worker:v1").code());
    assertTrue(residentBytes(pack) > Files.size(pack) * 95 / 100, "not in the page cache");
  }

  /** How much of a file is in the page cache, by fincore(1). */
  private static long residentBytes(Path file) throws IOException, InterruptedException {
    Process fincore =
        new ProcessBuilder("fincore", "--bytes", "--noheadings", "--output", "RES", file.toString())
            .redirectErrorStream(true)
            .start();
    String out = new String(fincore.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, fincore.waitFor(), out);
    return Long.parseLong(out.strip());
  }
}
