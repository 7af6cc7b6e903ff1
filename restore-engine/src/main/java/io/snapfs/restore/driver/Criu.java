package io.snapfs.restore.driver;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A CRIU that works on this kernel. Immutable; safe for use by many threads. */
public final class Criu {
  /** Errors and warnings, from which {@link CriuLog} tells causes. */
  private static final String VERBOSITY = "-v2";

  /**
   * Enough to tell phases too. It makes CRIU's part of a restore longer by a third: a line for each
   * mapping, 10,000 of a PyTorch worker.
   */
  private static final String PHASES = "-v4";

  /**
   * The log of a CRIU that does not come to an end grows by 20 MB a second: one of a pages file
   * that was shorter than its pagemap says reached 12 GB.
   */
  private static final long LOG_OUT_OF_BOUNDS = 256 << 20;

  private static final int LOOK_MILLIS = 200;

  /** The name of the loader in a folder that holds a CRIU with everything that it needs. */
  private static final String LOADER = "ld.so";

  private final Path program;
  private final CriuVersion version;

  /**
   * One run of CRIU that succeeded.
   *
   * @param startNanos when it was started, by {@link System#nanoTime}
   * @param endNanos when it had ended
   * @param logFile its log, good while the work folder is there
   */
  public record Run(long startNanos, long endNanos, Path logFile) {
    /** What it logged; read now, since nobody should wait for that. */
    public CriuLog log() throws IOException {
      return CriuLog.read(logFile);
    }
  }

  Criu(Path program, CriuVersion version) {
    this.program = program;
    this.version = version;
  }

  public Path program() {
    return program;
  }

  /**
   * What the kernel reads to run it: the program and, if it brings its own loader, all that lies
   * beside it. Other libraries are those of the system, which are in memory.
   *
   * @return none if they can't be looked at
   */
  public List<Path> files() {
    Path folder = program.getParent();
    if (folder == null || !Files.exists(folder.resolve(LOADER))) {
      return Files.isRegularFile(program) ? List.of(program) : List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }

  public CriuVersion version() {
    return version;
  }

  /**
   * Runs CRIU to its end.
   *
   * @param action such as {@code dump}
   * @param work a folder for {@code ACTION.log}, {@code ACTION.out} and what else it writes
   * @param phases whether the log is to tell CRIU's phases, which costs time
   * @param options the rest of the command line; of options given twice CRIU takes the last
   * @throws CriuException if it fails; the log is kept
   */
  public Run run(String action, Path work, boolean phases, List<String> options)
      throws IOException {
    Path log = log(action, work);
    List<String> command = command(action, work, phases, options);
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(output(action, work).toFile())
            .start();
    boolean succeeded = await(process, log);
    return ended(action, work, start, succeeded);
  }

  /** The command line that {@link #run} runs, for who runs it himself. */
  public List<String> command(String action, Path work, boolean phases, List<String> options) {
    List<String> command = new ArrayList<>(List.of(program.toString(), action));
    command.addAll(List.of("--work-dir", work.toString()));
    command.addAll(List.of("--log-file", log(action, work).toString()));
    command.add(phases ? PHASES : VERBOSITY);
    command.addAll(options);
    return command;
  }

  /** Where standard output and error of that command line belong. */
  public Path output(String action, Path work) {
    return work.resolve(action + ".out");
  }

  private static Path log(String action, Path work) {
    return work.resolve(action + ".log");
  }

  /**
   * Looks at a run that has just ended.
   *
   * @param start when it was started, by {@link System#nanoTime}
   * @throws CriuException if it failed; the log is kept
   */
  public Run ended(String action, Path work, long start, boolean succeeded) throws IOException {
    Path log = log(action, work);
    if (!succeeded) {
      boolean pidInUse = CriuLog.read(log).saysPidIsInUse();
      throw new CriuException(explain(action, log, output(action, work)), pidInUse);
    }
    return new Run(start, System.nanoTime(), log);
  }

  /** Waits for the end; false if CRIU failed or does not come to an end. */
  private static boolean await(Process process, Path log) throws IOException {
    try {
      while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        if (Files.exists(log) && Files.size(log) > LOG_OUT_OF_BOUNDS) {
          return false;
        }
      }
      return process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("while CRIU was running");
      failure.initCause(e);
      throw failure;
    } finally {
      process.destroyForcibly();
    }
  }

  private String explain(String action, Path log, Path output) throws IOException {
    String reason =
        CriuLog.read(log).reason().or(() -> reasonIn(output)).orElse("it doesn't say why");
    if (Files.exists(log) && Files.size(log) > LOG_OUT_OF_BOUNDS) {
      reason = "it does not come to an end: are the images whole?";
    }
    return "criu " + action + " failed: " + reason + "; log: " + keep(action, log, output);
  }

  private static Optional<String> reasonIn(Path output) {
    try {
      CriuLog printed = CriuLog.parse(Files.readString(output, StandardCharsets.ISO_8859_1));
      return printed
          .reason()
          .or(() -> printed.lines().stream().map(CriuLog.Line::text).findFirst());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The work folder is about to be removed. */
  private static Path keep(String action, Path log, Path output) throws IOException {
    Path source = Files.exists(log) ? log : output;
    Path kept = Files.createTempFile(RuntimeFolder.get(), "criu-" + action + "-", ".log");
    if (Files.size(source) > LOG_OUT_OF_BOUNDS) {
      return kept; // empty: what fills disks is not kept
    }
    Files.copy(source, kept, StandardCopyOption.REPLACE_EXISTING);
    return kept;
  }

  @Override
  public String toString() {
    return "CRIU " + version + " (" + program + ")";
  }
}
