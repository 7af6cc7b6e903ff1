package io.snapfs.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.snapfs.fusefs.Transports;
import io.snapfs.linux.Processes;
import io.snapfs.tools.command.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/snapfs mount} and {@code umount} as users and scripts start them. */
final class MountProcessTest {
  private static final long WITHIN_NANOS = TimeUnit.SECONDS.toNanos(60);

  @TempDir private Path dir;
  private InstalledSnapfs snapfs;
  private StoreFixture fixture;
  private Path folder;
  private Path mountpoint;
  private Process started;

  @BeforeEach
  void install() throws IOException {
    assumeTrue(
        Transports.preferred().unavailableReason().isEmpty(),
        () -> "no FUSE here: " + Transports.preferred().unavailableReason());
    snapfs = new InstalledSnapfs(dir);
    fixture = new StoreFixture(dir);
    folder = fixture.checkpoint();
    fixture.pack(folder, "worker:v1");
    mountpoint = Files.createDirectory(dir.resolve("mountpoint"));
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

  private static void assertFails(int code, String message, Cli.Result result) {
    assertEquals(code, result.code(), result.err());
    assertTrue(result.err().contains("snapfs: "), result.err());
    assertTrue(result.err().contains(message), "no '" + message + "' in:\n" + result.err());
  }

  @Test
  void mountsInTheBackgroundUntilItIsUnmounted() throws Exception {
    assertEquals(
        new Cli.Result(ExitCode.OK, "", ""), snapfs.run("mount", fixture.store(), mountpoint));
    Path file = mountpoint.resolve("worker/v1/pages-1.img");
    assertArrayEquals(Files.readAllBytes(folder.resolve("pages-1.img")), Files.readAllBytes(file));
    fixture.pack(folder.resolve("gms"), "worker:v2");
    await("the second artifact is there", () -> Files.exists(mountpoint.resolve("worker/v2")));
    assertTrue(Files.readString(snapfs.log()).contains(" is mounted at " + mountpoint));

    assertFails(
        ExitCode.FAILURE,
        "is a mountpoint already",
        snapfs.run("-v", "mount", fixture.store(), mountpoint));
    try (InputStream open = Files.newInputStream(file)) {
      assertTrue(open.read() >= 0);
      assertFails(ExitCode.FAILURE, "is in use", Cli.run("umount", mountpoint));
    }
    ProcessHandle server = snapfs.server().orElseThrow();
    assertEquals(new Cli.Result(ExitCode.OK, "", ""), snapfs.run("umount", mountpoint));
    assertFalse(isMounted());
    await("the server ends", () -> !server.isAlive());
    assertFails(ExitCode.FAILURE, "nothing is mounted at", snapfs.run("umount", mountpoint));
  }

  /** A shell has what it starts in the background ignore SIGINT. */
  @Test
  void inTheBackgroundSigintUnmountsAndTheTerminalIsLeft() throws Exception {
    assertEquals(ExitCode.OK, snapfs.run("mount", fixture.store(), mountpoint).code());
    ProcessHandle server = snapfs.server().orElseThrow();
    String stat = Files.readString(Path.of("/proc", Long.toString(server.pid()), "stat"));
    String session = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3];
    assertEquals(Long.toString(server.pid()), session);
    Processes.kill((int) server.pid(), 2);
    await("the server ends", () -> !server.isAlive());
    assertFalse(isMounted());
    String log = Files.readString(snapfs.log());
    assertTrue(log.contains(" is unmounted"), log);
  }

  @Test
  void rehearsesUnlessItIsToldNotTo() throws Exception {
    for (String option : List.of("--transport=kernel", "--no-rehearsal")) {
      assertEquals(
          new Cli.Result(ExitCode.OK, "", ""),
          snapfs.run("mount", fixture.store(), mountpoint, option));
      ProcessHandle server = snapfs.server().orElseThrow();
      if (option.equals("--no-rehearsal")) {
        assertFalse(threadsOf(server).contains("snapfs-rehearsa"), "a thread for it");
      } else {
        await("a thread for it", () -> threadsOf(server).contains("snapfs-rehearsa"));
      }
      assertEquals(new Cli.Result(ExitCode.OK, "", ""), snapfs.run("umount", mountpoint));
      await("the server ends", () -> !server.isAlive());
      Files.delete(snapfs.log());
    }
  }

  /** The names of a process's threads, of which the kernel keeps 15 bytes. */
  private static List<String> threadsOf(ProcessHandle process) throws IOException {
    List<String> names = new ArrayList<>();
    Path tasks = Path.of("/proc", Long.toString(process.pid()), "task");
    try (DirectoryStream<Path> each = Files.newDirectoryStream(tasks)) {
      for (Path task : each) {
        names.add(Files.readString(task.resolve("comm")).strip());
      }
    }
    return names;
  }

  @Test
  void aSignalUnmounts() throws Exception {
    started = snapfs.start("mount", fixture.store(), mountpoint, "--foreground", "-o", "noexec");
    await("it is mounted", () -> snapfs.errorsSoFar().contains(" is mounted at "));
    assertTrue(Files.exists(mountpoint.resolve("worker/v1/link")));
    started.destroy();
    Cli.Result result = snapfs.await(started);
    assertEquals(ExitCode.OK, result.code(), result.err());
    assertTrue(result.err().contains(" is unmounted"), result.err());
    assertFalse(isMounted());
  }

  @Test
  void damageIsAnErrorForTheReaderAndALineInTheLog() throws Exception {
    StoreFixture.damage(fixture.onlyPack(), 130);
    Path log = dir.resolve("mount.log");
    Cli.Result result =
        snapfs.run("mount", fixture.store(), mountpoint, "--log", log, "--cache-size", "16M");
    assertEquals(new Cli.Result(ExitCode.OK, "", ""), result);
    String damaged =
        Cli.run("verify", fixture.store())
            .err()
            .replaceFirst("(?s).*it hits worker:v1 (\\S+)\n.*", "$1");
    Path file = mountpoint.resolve("worker/v1").resolve(damaged);
    assertThrows(IOException.class, () -> Files.readAllBytes(file));
    String lines = Files.readString(log);
    assertTrue(lines.contains(fixture.onlyPack().getFileName().toString()), lines);
    assertTrue(lines.contains(damaged), lines);
    assertEquals(ExitCode.OK, snapfs.run("umount", mountpoint).code());
  }

  @Test
  void whatCannotBeMountedIsSaidAtOnce() throws Exception {
    Path store = fixture.store();
    assertFails(
        ExitCode.FAILURE, "no store at", snapfs.run("mount", dir.resolve("no"), mountpoint));
    assertFails(
        ExitCode.FAILURE, "no mountpoint", snapfs.run("mount", store, dir.resolve("missing")));
    assertFails(ExitCode.FAILURE, "is not empty", snapfs.run("mount", store, folder));
    assertFails(
        ExitCode.FAILURE,
        "is not a directory",
        snapfs.run("mount", store, folder.resolve("inventory.img"), "-f"));
    assertFalse(isMounted());
  }

  @Test
  void wrongUsageIsSaidAtOnce() throws Exception {
    Path store = fixture.store();
    assertFails(
        ExitCode.USAGE,
        "unknown mount option 'bogus'",
        snapfs.run("mount", store, mountpoint, "-o", "noexec,bogus"));
    assertFails(
        ExitCode.USAGE, "a snapfs mount is read-only", Cli.run("mount", store, mountpoint, "-orw"));
    assertFails(
        ExitCode.USAGE,
        "unknown transport 'smoke'",
        Cli.run("mount", store, mountpoint, "--transport", "smoke"));
    assertFails(
        ExitCode.USAGE,
        "for example: 512M",
        Cli.run("mount", store, mountpoint, "--cache-size", "much"));
    assertFails(ExitCode.USAGE, "MOUNTPOINT", Cli.run("mount", store));
    assertFalse(isMounted());
  }

  @Test
  void exitCodesReachTheShell() throws Exception {
    assertEquals(ExitCode.OK, snapfs.run("verify", fixture.store()).code());
    assertEquals(ExitCode.FAILURE, snapfs.run("ls", dir.resolve("no")).code());
    assertEquals(ExitCode.USAGE, snapfs.run("ls").code());
    StoreFixture.damage(fixture.onlyPack(), 130);
    assertEquals(ExitCode.DAMAGE, snapfs.run("verify", fixture.store(), "--quick").code());
  }

  @Test
  void pathsReachJavaWhateverTheLocale() throws Exception {
    String script =
        """
        umlaut=$(printf '%s/gr\\303\\266' "$1")
        mkdir "$umlaut"
        LC_ALL=C exec "$2" pack "$umlaut" --store "$1/other" --name w
        """;
    Process shell =
        new ProcessBuilder("sh", "-c", script, "sh", dir.toString(), snapfs.launcher().toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(ExitCode.OK, shell.waitFor(), output);
  }
}
