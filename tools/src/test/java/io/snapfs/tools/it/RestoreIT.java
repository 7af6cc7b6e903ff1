package io.snapfs.tools.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code snapfs checkpoint} and {@code snapfs restore} with real processes and a real CRIU. */
class RestoreIT {
  private static final Path RUNTIME = Path.of("/run/snapfs");

  @TempDir Path folder;
  private Path store;
  private Path control;
  private Set<String> before;

  @BeforeEach
  void prepare() throws IOException {
    assumeTrue(System.getProperty("user.name").equals("root"), "CRIU needs root");
    store = folder.resolve("store");
    control = folder.resolve("control");
    before = workFolders();
  }

  /** No work folder and no mount stays, whatever happened. */
  @AfterEach
  void nothingIsLeft() throws Exception {
    if (before == null) {
      return;
    }
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!before.containsAll(workFolders()) && System.nanoTime() - deadline < 0) {
      TimeUnit.MILLISECONDS.sleep(20); // what fills memory in the background ends
    }
    Set<String> left = workFolders();
    left.removeAll(before);
    assertEquals(Set.of(), left);
    String mounts = Files.readString(Path.of("/proc/self/mounts"));
    assertFalse(mounts.contains(store.toString()), mounts);
  }

  private static Set<String> workFolders() throws IOException {
    if (Files.notExists(RUNTIME)) {
      return new TreeSet<>();
    }
    try (Stream<Path> files = Files.list(RUNTIME)) {
      return new TreeSet<>(files.filter(Files::isDirectory).map(Path::toString).toList());
    }
  }

  private String checkpoint(ContractWorker worker, Object... more) throws Exception {
    List<Object> words =
        new ArrayList<>(List.of("checkpoint", worker.pid(), "--store", store, "--name", "w"));
    words.addAll(List.of("--control-dir", worker.control()));
    words.addAll(List.of(more));
    return Command.snapfs(words.toArray()).succeed();
  }

  private String checkpointAndEnd(ContractWorker worker) throws Exception {
    String said = checkpoint(worker);
    worker.awaitEnd();
    Files.delete(worker.control().resolve("snapshot-complete"));
    return said;
  }

  @ParameterizedTest
  @ValueSource(strings = {"lazy", "eager"})
  void everythingComesBack(String mode) throws Exception {
    try (ContractWorker worker = ContractWorker.python(control, 64)) {
      String said = checkpointAndEnd(worker);
      assertTrue(said.contains("and 1 descendants as w:latest"), said);
      Path trace = folder.resolve("trace.json");
      String restored =
          Command.snapfs(
                  "restore",
                  store,
                  "w",
                  "--mode",
                  mode,
                  "--detach",
                  "--control-dir",
                  control,
                  "--timeline",
                  trace)
              .succeed();
      assertTrue(restored.contains("as process " + worker.pid() + " with CRIU "), restored);
      assertTrue(restored.contains("criu restore"), restored);
      assertEquals("same", worker.await("result"));
    }
  }

  @Test
  void theArtifactSaysWhichPagesOfLibrariesWereInMemory() throws Exception {
    try (ContractWorker worker = ContractWorker.python(control, 1)) {
      checkpointAndEnd(worker);
      Command.snapfs("unpack", store, "w", folder.resolve("unpacked")).succeed();
      String files = Files.readString(folder.resolve("unpacked/snapfs-mapped-files"));
      assertTrue(files.contains("/libc.so.6\n 0 "), files);
    }
  }

  @Test
  void aJvmComesBack() throws Exception {
    try (ContractWorker worker = ContractWorker.java(control, 1024)) {
      checkpointAndEnd(worker);
      Command.snapfs("restore", store, "w", "--detach", "--control-dir", control).succeed();
      assertEquals("same", worker.await("result"));
    }
  }

  @Test
  void aServerListensAgain() throws Exception {
    int port = freePort();
    try (ContractWorker worker = ContractWorker.node(control, port)) {
      String first = ask(port);
      Command.Outcome dumped =
          Command.snapfs("checkpoint", worker.pid(), "--store", store, "--name", "w").run();
      assumeTrue(
          !dumped.output().contains("use CRIU 4.2 or newer"), "CRIU can't dump sockets here");
      assertEquals(0, dumped.code(), dumped.output());
      worker.awaitEnd();
      Command.snapfs("restore", store, "w", "--detach").succeed();
      assertEquals(first.replaceFirst("1 ", "2 "), ask(port));
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String ask(int port) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create("http://127.0.0.1:" + port).toURL().openConnection();
    connection.setReadTimeout((int) TimeUnit.MINUTES.toMillis(1));
    try {
      return new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    } finally {
      connection.disconnect();
    }
  }

  @Test
  void inTheForegroundItExitsAsTheProcessDoes() throws Exception {
    try (ContractWorker worker = ContractWorker.python(control, 8)) {
      checkpointAndEnd(worker);
      worker.tell("exit");
      Command.Outcome outcome =
          Command.snapfs("restore", store, "w", "--control-dir", control).run();
      assertEquals(7, outcome.code(), outcome.output());
      assertEquals("same", worker.await("result"));
    }
  }

  @Test
  void leftRunningItGoesOnAndItsNumberIsInUse() throws Exception {
    try (ContractWorker worker = ContractWorker.python(control, 8)) {
      checkpoint(worker, "--leave-running");
      assertEquals("same", worker.await("result"));
      assertTrue(worker.isAlive());
      Command.Outcome second = Command.snapfs("restore", store, "w", "--detach").run();
      assertEquals(1, second.code());
      assertTrue(second.output().contains("process id " + worker.pid()), second.output());
      assertTrue(second.output().contains(" is in use: end that process"), second.output());
    }
  }

  @Test
  void withoutRoomNothingIsDoneAndItGoesOn() throws Exception {
    Path small = Files.createDirectory(folder.resolve("small"));
    Command.of("mount", "-t", "tmpfs", "-o", "size=33m", "none", small).succeed();
    try (ContractWorker worker = ContractWorker.python(control, 8)) {
      Command.Outcome outcome = dumpInto(small, worker);
      assertEquals(1, outcome.code());
      assertTrue(
          outcome.output().contains("name a larger folder with --images-dir"), outcome.output());
      assertGoesOn(worker, small);
    } finally {
      Command.of("umount", small).succeed();
    }
  }

  @Test
  void aStoreWithoutRoomLeavesTheWorkerRunning() throws Exception {
    store = Files.createDirectory(folder.resolve("small-store"));
    Command.of("mount", "-t", "tmpfs", "-o", "size=4m", "none", store).succeed();
    try (ContractWorker worker = ContractWorker.python(control, 16)) {
      Path images = Files.createDirectory(folder.resolve("images"));
      Command.Outcome outcome = dumpInto(images, worker);
      assertEquals(1, outcome.code(), outcome.output());
      assertTrue(outcome.output().contains("no space left on its filesystem"), outcome.output());
      assertGoesOn(worker, images);
      String listed = Command.snapfs("ls", store, "--json").succeed();
      assertTrue(listed.contains("\"artifacts\" : [ ]"), listed);
    } finally {
      Command.of("umount", store).succeed();
    }
  }

  private Command.Outcome dumpInto(Path images, ContractWorker worker) throws IOException {
    return Command.snapfs(
            "checkpoint", worker.pid(), "--store", store, "--name", "w", "--images-dir", images)
        .run();
  }

  private static void assertGoesOn(ContractWorker worker, Path images) throws Exception {
    try (Stream<Path> left = Files.list(images)) {
      assertEquals(List.of(), left.toList());
    }
    worker.tell("snapshot-complete");
    assertEquals("same", worker.await("result"));
  }

  @Test
  void whatIsNotThereIsNamed() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    assertFails(
        "there is no process " + gone.pid(),
        "checkpoint",
        gone.pid(),
        "--store",
        store,
        "--name",
        "w");
    Path plain = Files.createDirectory(folder.resolve("plain"));
    Files.writeString(plain.resolve("file"), "text");
    Command.snapfs("pack", plain, "--store", store, "--name", "plain").succeed();
    assertFails("the artifact holds no process", "restore", store, "plain");
    assertFails("no artifact other:latest", "restore", store, "other", "--detach");
    assertFails(
        "there is no control folder " + control,
        "restore",
        store,
        "plain",
        "--control-dir",
        control);
    assertFails(
        "/no/criu is not there, or no program", "restore", store, "plain", "--criu", "/no/criu");
  }

  private static void assertFails(String message, Object... words) throws IOException {
    Command.Outcome outcome = Command.snapfs(words).run();
    assertEquals(1, outcome.code(), outcome.output());
    assertTrue(outcome.output().contains(message), outcome.output());
  }

  @Test
  void criuFailsHalfWay() throws Exception {
    try (ContractWorker worker = ContractWorker.python(control, 8)) {
      checkpointAndEnd(worker);
      Files.delete(control.resolve("mapped"));
      Command.Outcome outcome = Command.snapfs("restore", store, "w", "--detach").run();
      assertEquals(1, outcome.code());
      assertTrue(
          outcome.output().contains("mapped, which the process has open, is missing: put it back"),
          outcome.output());
      String log = outcome.output().strip().replaceFirst("(?s).*; log: ", "");
      assertTrue(Files.deleteIfExists(Path.of(log)), outcome.output());
      assertTrue(ProcessHandle.of(worker.pid()).isEmpty() || isEnded(worker.pid()));
    }
  }

  private static boolean isEnded(long pid) throws IOException {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
    } catch (IOException e) {
      return true;
    }
  }
}
