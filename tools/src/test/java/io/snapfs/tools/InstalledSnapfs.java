package io.snapfs.tools;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * {@code bin/snapfs} as a user starts it, with the classes of this build: a copy of the launcher
 * beside a jar whose manifest names this JVM's class path. For tests.
 */
public final class InstalledSnapfs {
  private static final long SECONDS = 120;

  private final Path dir;
  private final Path launcher;

  /** Installs it below an empty directory. */
  public InstalledSnapfs(Path dir) throws IOException {
    this.dir = dir;
    launcher = dir.resolve("home/bin/snapfs");
    Files.createDirectories(launcher.getParent());
    Files.copy(Path.of("..", "bin", "snapfs"), launcher, StandardCopyOption.COPY_ATTRIBUTES);
    Path target = Files.createDirectories(dir.resolve("home/tools/target"));
    Files.createDirectories(dir.resolve("run"));
    try (OutputStream out = Files.newOutputStream(target.resolve("snapfs-tools-1.jar"))) {
      new JarOutputStream(out, manifest()).close();
    }
  }

  private static Manifest manifest() {
    List<String> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(":", -1)) {
      urls.add(Path.of(entry).toUri().toString());
    }
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, String.join(" ", urls));
    return manifest;
  }

  public Path launcher() {
    return launcher;
  }

  /** Starts it; its output goes to files. */
  Process start(Object... args) throws IOException {
    return startBehind(List.of(), args);
  }

  /** Starts it by a command that takes it, with its arguments, as further arguments. */
  Process startBehind(List<String> prefix, Object... args) throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(launcher.toString());
    Stream.of(args).map(Object::toString).forEach(command::add);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("XDG_RUNTIME_DIR", dir.resolve("run").toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder.redirectOutput(out().toFile()).redirectError(err().toFile()).start();
  }

  /** Waits for the end of the process that was started last. */
  Cli.Result await(Process process) throws IOException, InterruptedException {
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("it does not end; so far: " + Files.readString(err()));
    }
    return new Cli.Result(process.exitValue(), Files.readString(out()), Files.readString(err()));
  }

  Cli.Result run(Object... args) throws IOException, InterruptedException {
    return await(start(args));
  }

  private Path out() {
    return dir.resolve("stdout");
  }

  private Path err() {
    return dir.resolve("stderr");
  }

  /** What the process that was started last has written to standard error so far. */
  String errorsSoFar() throws IOException {
    return Files.readString(err());
  }

  /** The log of the only mount in the background. */
  Path log() throws IOException {
    try (Stream<Path> logs = Files.list(dir.resolve("run/snapfs"))) {
      List<Path> found = logs.toList();
      assertTrue(found.size() == 1, "logs: " + found);
      return found.get(0);
    }
  }

  /** The process that serves that mount, if it still runs. */
  Optional<ProcessHandle> server() throws IOException {
    String pid = log().getFileName().toString().replaceAll("\\D", "");
    return ProcessHandle.of(Long.parseLong(pid));
  }

  /** Kills what mounts in the background are left. */
  void killServers() throws IOException {
    Path folder = dir.resolve("run/snapfs");
    if (Files.exists(folder)) {
      try (Stream<Path> logs = Files.list(folder)) {
        logs.map(log -> log.getFileName().toString().replaceAll("\\D", ""))
            .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
            .filter(process -> process.info().commandLine().orElse("").contains(dir.toString()))
            .forEach(ProcessHandle::destroyForcibly);
      }
    }
  }
}
