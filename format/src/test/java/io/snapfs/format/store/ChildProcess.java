package io.snapfs.format.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A running {@link CrashChild}. Owns the process; closing kills it. */
final class ChildProcess implements AutoCloseable {
  private final Process process;
  private final Thread reader;
  private final List<String> lines = new ArrayList<>();
  private boolean ended;

  ChildProcess(Path store, String what, long seed) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens"))
        .forEach(command::add);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), CrashChild.class.getName()));
    command.addAll(List.of(store.toString(), what, "" + seed));
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    reader = new Thread(this::readLines, "output of " + process.pid());
    reader.start();
  }

  private void readLines() {
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        add(line);
      }
    } catch (IOException e) {
      add("output broke off: " + e);
    } finally {
      end();
    }
  }

  private synchronized void add(String line) {
    lines.add(line);
    notifyAll();
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Returns when it has said so many lines, or has ended. */
  synchronized void awaitLines(int count) throws InterruptedException {
    while (lines.size() < count && !ended) {
      wait();
    }
  }

  /** SIGKILL. Returns all that it said. */
  List<String> kill() throws InterruptedException {
    process.toHandle().destroyForcibly(); // Process.destroyForcibly would drop unread output
    return output();
  }

  /** Asks it to stop after what it is doing. Returns all that it said. */
  List<String> stop() throws IOException, InterruptedException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
    return output();
  }

  private List<String> output() throws InterruptedException {
    process.waitFor();
    reader.join();
    synchronized (this) {
      return List.copyOf(lines);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
