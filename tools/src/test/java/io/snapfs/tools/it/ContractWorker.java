package io.snapfs.tools.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that follows the workload contract in a control folder. It keeps its process id through
 * dump and restore. Closing kills it with its children, dumped or restored.
 */
final class ContractWorker implements AutoCloseable {
  private static final Path RESOURCES = Path.of("src", "test", "resources").toAbsolutePath();
  private static final long WITHIN_NANOS = TimeUnit.MINUTES.toNanos(2);

  private final Path control;
  private final Process process;
  private Path program;

  /** {@code state_worker.py}. */
  static ContractWorker python(Path control, int heapMib) throws Exception {
    return start(
        control, "/usr/bin/python3", RESOURCES.resolve("state_worker.py"), control, heapMib);
  }

  /** {@code state_server.js}. */
  static ContractWorker node(Path control, int port) throws Exception {
    return start(control, "node", RESOURCES.resolve("state_server.js"), control, port);
  }

  /** {@code cuda_worker.py}. */
  static ContractWorker cuda(Path control, Path library, Path state) throws Exception {
    return start(
        control, "/usr/bin/python3", RESOURCES.resolve("cuda_worker.py"), control, library, state);
  }

  /** {@link HeapProcess}. */
  static ContractWorker java(Path control, int heapMib) throws Exception {
    return start(
        control,
        Path.of(System.getProperty("java.home"), "bin", "java"),
        "-XX:-UsePerfData",
        "-Xmx" + 2 * heapMib + "m",
        "-cp",
        System.getProperty("java.class.path"),
        HeapProcess.class.getName(),
        control,
        heapMib);
  }

  /** {@code bytes_worker.py} of the Python library, whose weights a GMS server owns. */
  static ContractWorker bytes(Path control, Path sockets, List<String> variables) throws Exception {
    List<Object> words = new ArrayList<>(List.of("env"));
    words.addAll(variables);
    Path script = Command.REPOSITORY.resolve("gms/python/examples/bytes_worker.py");
    words.addAll(List.of("/usr/bin/python3", "-B", script, control, "--mib", "8"));
    words.addAll(List.of("--kv-gib", "0.01", "--snapshot", "--socket-dir", sockets));
    return start(control, words.toArray());
  }

  private static ContractWorker start(Path control, Object... command) throws Exception {
    Files.createDirectories(control);
    ContractWorker worker = new ContractWorker(control, command);
    try {
      worker.await("ready-for-snapshot");
      worker.program = programOf(worker.pid());
      return worker;
    } catch (Throwable e) {
      worker.close();
      throw e;
    }
  }

  private ContractWorker(Path control, Object... command) throws IOException {
    this.control = control;
    List<String> words = new ArrayList<>(List.of("setsid"));
    for (Object word : command) {
      words.add(word.toString());
    }
    Path nowhere = Path.of("/dev/null");
    process =
        new ProcessBuilder(words)
            .redirectInput(nowhere.toFile())
            .redirectOutput(nowhere.toFile())
            .redirectError(nowhere.toFile())
            .start();
  }

  /** Process id of the worker, also when it was restored. */
  long pid() {
    return process.pid();
  }

  Path control() {
    return control;
  }

  /** Waits until it was killed and reaped. */
  void awaitEnd() throws InterruptedException {
    assertTrue(process.waitFor(1, TimeUnit.MINUTES), "the worker lives on");
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for a file that the worker writes, and returns what is in it. */
  String await(String file) throws IOException, InterruptedException {
    Path path = control.resolve(file);
    long deadline = System.nanoTime() + WITHIN_NANOS;
    while (Files.notExists(path)) {
      assertTrue(System.nanoTime() - deadline < 0, () -> "no " + path);
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return Files.readString(path);
  }

  /** Leaves it a file. */
  void tell(String file) throws IOException {
    Files.createFile(control.resolve(file));
  }

  @Override
  public void close() throws IOException {
    for (ProcessHandle each : ProcessHandle.allProcesses().toList()) {
      Path commandLine = Path.of("/proc", String.valueOf(each.pid()), "cmdline");
      if (each.pid() != ProcessHandle.current().pid()
          && (isOurs(commandLine) || isRestored(each.pid()))) {
        each.destroyForcibly();
      }
    }
  }

  /** One whose memory is not all there yet may not tell its command line; it has our number. */
  private boolean isRestored(long pid) {
    try {
      return pid == process.pid() && programOf(pid).equals(program);
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  private static Path programOf(long pid) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc", String.valueOf(pid), "exe"));
  }

  /** Its command line tells the worker, and what it has forked, from strangers. */
  private boolean isOurs(Path commandLine) {
    try {
      String words = Files.readString(commandLine, StandardCharsets.ISO_8859_1);
      return words.contains("\0" + control + "\0") && !words.contains("--control-dir");
    } catch (IOException e) {
      return false;
    }
  }
}
