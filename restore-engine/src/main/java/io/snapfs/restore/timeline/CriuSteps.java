package io.snapfs.restore.timeline;

import io.snapfs.restore.driver.Criu;
import io.snapfs.restore.driver.CriuLog;
import java.io.IOException;
import java.util.List;

/** The phases of a run of CRIU, told from the times in its log. */
public final class CriuSteps {
  /** The track of the phases. */
  public static final String TRACK = "criu";

  /**
   * A phase begins with the first line, after that of the phase before, that begins with one of its
   * texts; it ends where the next one begins. Plain texts, since a log has thousands of lines and
   * this runs while all processors fill memory.
   */
  private record Phase(String name, List<String> begins) {
    static Phase of(String name, String begins) {
      return new Phase(name, List.of(begins.split("\\|", -1)));
    }

    boolean beginsWith(String line) {
      for (String begin : begins) {
        if (line.startsWith(begin)) {
          return true;
        }
      }
      return false;
    }
  }

  private static final List<Phase> DUMP =
      List.of(
          Phase.of("look at the kernel", "CRIU run id|Version: "),
          Phase.of("freeze", "Seized task|cg-prop: Parsing|Add user ns"),
          Phase.of("look at mounts and namespaces", "net: Lock network"),
          Phase.of("look at memory maps and files", "Handling VMA|Obtaining task"),
          Phase.of("enter the process", "Set up parasite|Putting parasite"),
          Phase.of("write the pages", "page-pipe: |page-xfer: "),
          Phase.of("write the other images", "Dumping core|Dumping mm|Dumping task cgroups"),
          Phase.of("let go", "Unlock network|Running post-dump|Dumping finished"));

  private static final List<Phase> RESTORE =
      List.of(
          Phase.of("look at the kernel", "CRIU run id|Version: "),
          Phase.of("read the images", "Reading image tree|Add mnt ns|pstree pid_max"),
          Phase.of("fork the processes", "Forking task with"),
          Phase.of("open files", "Opening 0x"),
          Phase.of("map memory", "Mapping native vDSO"),
          Phase.of("read memory", "Preadv"),
          Phase.of("let the processes go", "Running post-restore scripts"));

  private CriuSteps() {}

  /** Adds the phases of a run, as far as its log shows them. */
  public static void add(Timeline timeline, Criu.Run run) throws IOException {
    CriuLog log = run.log();
    boolean dumps = log.lines().stream().anyMatch(line -> line.text().startsWith("Dumping"));
    add(timeline, run, log, dumps ? DUMP : RESTORE);
  }

  private static void add(Timeline timeline, Criu.Run run, CriuLog log, List<Phase> phases) {
    int next = 0;
    long begun = 0;
    String current = "start";
    for (CriuLog.Line line : log.lines()) {
      for (int i = next; i < phases.size(); i++) {
        if (phases.get(i).beginsWith(line.text())) {
          if (line.nanos() > begun) {
            timeline.add(TRACK, current, run.startNanos() + begun, run.startNanos() + line.nanos());
          }
          current = phases.get(i).name;
          begun = line.nanos();
          next = i + 1;
          break;
        }
      }
    }
    timeline.add(TRACK, current, run.startNanos() + begun, run.endNanos());
  }
}
