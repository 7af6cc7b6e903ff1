package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import io.snapfs.format.unpack.TreeRemover;
import io.snapfs.format.unpack.Unpacker;
import io.snapfs.linux.Fd;
import io.snapfs.linux.Names;
import io.snapfs.restore.driver.CriuFinder;
import io.snapfs.restore.restore.Mode;
import io.snapfs.tools.bench.Contender;
import io.snapfs.tools.bench.PageCaches;
import io.snapfs.tools.bench.RestoreRound;
import io.snapfs.tools.bench.RestoreTimes;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.ProgressDisplay;
import io.snapfs.tools.console.Table;
import io.snapfs.tools.console.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapfs bench restore STORE NAME[:TAG]}. */
@Command(
    name = "restore",
    description = {
      "Measures how fast the processes of an artifact are restored, and kills them each time.",
      "The process must write to or replace the file OUTPUT when it has done something, as"
          + " bench/workloads do. With '--against stock' an unmodified CRIU restores the same"
          + " images, unpacked, eagerly and with its own lazy-pages, in turn with ours."
    },
    footer = {
      "  snapfs bench restore /srv/store worker:v1 --output /tmp/worker/out --against stock",
      "  snapfs bench restore /srv/store worker:v1 --output /tmp/worker/out --cold --rounds 5"
    })
final class BenchRestoreCommand extends StoreCommand {
  private static final double NANOS_PER_MILLI = 1e6;

  @Parameters(index = "1", paramLabel = "NAME[:TAG]", description = "The artifact.")
  private ArtifactRef artifact;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "The file that the process writes.")
  private Path output;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "lazy",
      description = "How we restore: as for 'snapfs restore'. Default: ${DEFAULT-VALUE}.")
  private Mode mode;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "How often each way is measured; medians are shown. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--against",
      paramLabel = "stock",
      description = "Measure the CRIU that is used by itself, too.")
  private Against against;

  @Option(names = "--cold", description = "Drop the caches of the machine before each restore.")
  private boolean cold;

  @Option(
      names = "--daemon",
      paramLabel = "DIR",
      description =
          "Restore with the daemon that serves DIR, see 'snapfs daemon'. Default: without one.")
  private Path daemon;

  @Mixin private CriuChoice criu;

  @Option(names = "--json", description = "Print the result as one JSON object.")
  private boolean json;

  /** What there is to compare with. */
  enum Against {
    stock
  }

  BenchRestoreCommand(Console console) {
    super(console);
  }

  @Override
  int run(Store store) throws IOException {
    Path scratch = Files.createTempDirectory(Path.of("/var/tmp"), "snapfs-bench-");
    try {
      Map<Contender, List<RestoreTimes>> times = measure(store, scratch);
      if (json) {
        Json.print(console(), out -> write(out, store, times));
      } else {
        print(times);
      }
    } finally {
      TreeRemover.remove(Fd.CWD, Names.of(scratch.toString()));
    }
    return ExitCode.OK;
  }

  private Map<Contender, List<RestoreTimes>> measure(Store store, Path scratch) throws IOException {
    Path images = scratch.resolve("images");
    if (against != null) {
      unpack(store, images);
    }
    RestoreRound round =
        new RestoreRound(
            Path.of(store.location()),
            artifact,
            mode.name().toLowerCase(Locale.ROOT),
            daemon,
            CriuFinder.find(criu.path()),
            images,
            output,
            scratch);
    Map<Contender, List<RestoreTimes>> times = new EnumMap<>(Contender.class);
    for (int i = 0; i < rounds; i++) {
      for (Contender contender : Contender.values()) {
        if (contender == Contender.SNAPFS || against != null) {
          dropCaches();
          times.computeIfAbsent(contender, each -> new ArrayList<>()).add(round.run(contender));
        }
      }
    }
    return times;
  }

  private void unpack(Store store, Path images) throws IOException {
    int jobs = Runtime.getRuntime().availableProcessors();
    try (OpenArtifact open = store.openArtifact(artifact);
        ProgressDisplay progress = new ProgressDisplay(console())) {
      new Unpacker(open, jobs, progress).unpack(images);
    }
  }

  private void dropCaches() throws IOException {
    if (cold && !PageCaches.forgetAll()) {
      throw new SnapfsException(
          "caches can't be dropped here (/proc/sys/vm/drop_caches): measure without --cold");
    }
  }

  private void print(Map<Contender, List<RestoreTimes>> times) {
    Table table =
        new Table()
            .column(cold ? "COLD" : "WARM", Table.Align.LEFT)
            .column("RUNS MS", Table.Align.RIGHT)
            .column("OUTPUT MS", Table.Align.RIGHT)
            .column("FILLED MS", Table.Align.RIGHT)
            .column("OURS/ITS RUNS", Table.Align.RIGHT)
            .column("OUTPUT", Table.Align.RIGHT)
            .column("FILLED", Table.Align.RIGHT);
    RestoreTimes ours = RestoreTimes.median(times.get(Contender.SNAPFS));
    times.forEach(
        (contender, rounds) -> {
          RestoreTimes its = RestoreTimes.median(rounds);
          table.row(
              contender.label(),
              millis(its.returned()),
              millis(its.output()),
              millis(its.filled()),
              Text.ratio(ours.returned(), its.returned()),
              Text.ratio(ours.output(), its.output()),
              Text.ratio(ours.filled(), its.filled()));
        });
    table.print(console());
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.0f", nanos / NANOS_PER_MILLI);
  }

  private void write(Json out, Store store, Map<Contender, List<RestoreTimes>> times)
      throws IOException {
    out.put("store", store.location());
    out.put("artifact", artifact.toString());
    out.put("mode", mode.name().toLowerCase(Locale.ROOT));
    out.put("daemon", daemon != null);
    out.put("cold", cold);
    out.put("rounds", rounds);
    out.list(
        "contenders",
        times.entrySet(),
        (element, each) -> {
          RestoreTimes median = RestoreTimes.median(each.getValue());
          element.put("name", each.getKey().label());
          element.put("running_ms", median.returned() / NANOS_PER_MILLI);
          element.put("output_ms", median.output() / NANOS_PER_MILLI);
          element.put("filled_ms", median.filled() / NANOS_PER_MILLI);
        });
  }
}
