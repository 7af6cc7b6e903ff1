package io.snapfs.restore.driver;

import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.linux.Processes;
import io.snapfs.linux.Uname;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds a CRIU that works on this kernel. Looked at, in this order: the one that the user named, or
 * else {@code $SNAPFS_CRIU}, {@code criu} on PATH, and the one that {@code tools/setup.sh}
 * gathered.
 */
public final class CriuFinder {
  /** The launcher {@code bin/snapfs}, which sets this: the folder above is where we live. */
  private static final String LAUNCHER = "snapfs.launcher";

  private final List<String> refused = new ArrayList<>();

  private CriuFinder() {}

  /**
   * Finds one.
   *
   * @param named what the user asked for, and then nothing else is taken; null for any
   * @throws MissingException saying what was looked at and what is wrong with it
   */
  public static Criu find(Path named) throws IOException {
    if (Processes.effectiveUid() != 0) {
      throw new SnapfsException("CRIU needs root to dump and restore processes");
    }
    CriuFinder finder = new CriuFinder();
    for (Path candidate : named == null ? candidates() : List.of(named)) {
      Optional<Criu> criu = finder.examine(candidate);
      if (criu.isPresent()) {
        return criu.get();
      }
    }
    throw new MissingException(finder.explain());
  }

  private static List<Path> candidates() {
    List<Path> candidates = new ArrayList<>();
    String wanted = System.getenv("SNAPFS_CRIU");
    if (wanted != null && !wanted.isEmpty()) {
      candidates.add(Path.of(wanted));
    }
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      Path criu = Path.of(folder, "criu");
      if (Files.isExecutable(criu)) {
        candidates.add(criu);
        break;
      }
    }
    String launcher = System.getProperty(LAUNCHER);
    if (launcher != null) {
      Path home = Path.of(launcher).getParent().getParent();
      candidates.add(home.resolve(".tools/criu/criu"));
    }
    return candidates;
  }

  private Optional<Criu> examine(Path program) throws IOException {
    if (!Files.isExecutable(program)) {
      refused.add(program + " is not there, or no program");
      return Optional.empty();
    }
    Optional<Criu> known = CheckedCriu.recall(program);
    if (known.isPresent()) {
      return known;
    }
    Output version = Output.of(program, "--version");
    Optional<CriuVersion> found = CriuVersion.find(version.text());
    if (found.isEmpty()) {
      refused.add(program + " does not say which version of CRIU it is");
    } else if (found.get().compareTo(CriuVersion.OLDEST) < 0) {
      refused.add(
          program
              + " is CRIU "
              + found.get()
              + ", and "
              + CriuVersion.OLDEST
              + " is the oldest that"
              + " can be used");
    } else {
      Output check = Output.of(program, "check");
      if (check.code() == 0) {
        Criu criu = new Criu(program, found.get());
        CheckedCriu.remember(criu);
        return Optional.of(criu);
      }
      refused.add(program + " (CRIU " + found.get() + ") fails its own check: " + check.lastLine());
    }
    return Optional.empty();
  }

  private String explain() throws IOException {
    return "there is no CRIU that works on kernel "
        + Uname.current().release()
        + (refused.isEmpty() ? "" : ": " + String.join("; ", refused))
        + ". Run tools/setup.sh, or name one with --criu or SNAPFS_CRIU";
  }
}
