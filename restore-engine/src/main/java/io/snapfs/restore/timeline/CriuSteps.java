package io.snapfs.restore.timeline;

import io.snapfs.restore.driver.Criu;
import io.snapfs.restore.driver.CriuLog;
import java.util.List;
import java.util.regex.Pattern;

/** The phases of a run of CRIU, told from the times in its log. */
public final class CriuSteps {
  /** The track of the phases. */
  public static final String TRACK = "criu";

  /**
   * A phase begins with the first line, after that of the phase before, in which its pattern is
   * found; it ends where the next one begins.
   */
  private record Phase(String name, Pattern begins) {
    static Phase of(String name, String begins) {
      return new Phase(name, Pattern.compile(begins));
    }
  }

  private static final List<Phase> DUMP =
      List.of(
          Phase.of("look at the kernel", "^CRIU run id|^Version: "),
          Phase.of("freeze", "^Seized task|^cg-prop: Parsing|^Add user ns"),
          Phase.of("look at mounts and namespaces", "^net: Lock network"),
          Phase.of("look at memory maps and files", "^Handling VMA|^Obtaining task"),
          Phase.of("enter the process", "^Set up parasite|^Putting parasite"),
          Phase.of("write the pages", "^page-pipe: |^page-xfer: "),
          Phase.of("write the other images", "^Dumping core|^Dumping mm|^Dumping task cgroups"),
          Phase.of("let go", "^Unlock network|^Running post-dump|^Dumping finished"));

  private static final List<Phase> RESTORE =
      List.of(
          Phase.of("look at the kernel", "^CRIU run id|^Version: "),
          Phase.of("read the images", "^Reading image tree|^Add mnt ns|^pstree pid_max"),
          Phase.of("fork the processes", "^Forking task with"),
          Phase.of("open files", "^Opening 0x|Create fd for"),
          Phase.of("map memory", "^\\s*mmap\\(|^Mapping native vDSO"),
          Phase.of("read memory", "^Preadv"),
          Phase.of("let the processes go", "^Running post-restore scripts"));

  private CriuSteps() {}

  /** Adds the phases of a run, as far as its log shows them. */
  public static void add(Timeline timeline, Criu.Run run) {
    boolean dumps = run.log().lines().stream().anyMatch(line -> line.text().startsWith("Dumping"));
    add(timeline, run, dumps ? DUMP : RESTORE);
  }

  private static void add(Timeline timeline, Criu.Run run, List<Phase> phases) {
    int next = 0;
    long begun = 0;
    String current = "start";
    for (CriuLog.Line line : run.log().lines()) {
      for (int i = next; i < phases.size(); i++) {
        if (phases.get(i).begins.matcher(line.text()).find()) {
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
