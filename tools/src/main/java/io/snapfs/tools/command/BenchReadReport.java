package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.store.Store;
import io.snapfs.tools.bench.ReadPlan;
import io.snapfs.tools.bench.ReadResult;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.Table;
import io.snapfs.tools.console.Table.Align;
import io.snapfs.tools.console.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code snapfs bench read} found, as a table or as JSON. */
final class BenchReadReport {
  private static final Map<String, Double> PERCENTILES = percentiles();

  private final Store store;
  private final ArtifactRef artifact;
  private final Path file;
  private final ReadPlan plan;
  private final String transport;
  private final boolean cold;
  private final List<ReadResult> rounds = new ArrayList<>();
  private List<String> dropped = List.of();

  /**
   * A report without rounds.
   *
   * @param transport null if the mount is not ours, so that we don't know
   */
  BenchReadReport(
      Store store, ArtifactRef artifact, Path file, ReadPlan plan, String transport, boolean cold) {
    this.store = store;
    this.artifact = artifact;
    this.file = file;
    this.plan = plan;
    this.transport = transport;
    this.cold = cold;
  }

  private static Map<String, Double> percentiles() {
    Map<String, Double> percentiles = new LinkedHashMap<>();
    percentiles.put("p50", 50.0);
    percentiles.put("p90", 90.0);
    percentiles.put("p99", 99.0);
    percentiles.put("p99.9", 99.9);
    percentiles.put("max", 100.0);
    return percentiles;
  }

  void add(ReadResult round, List<String> whatWasDropped) {
    rounds.add(round);
    dropped = whatWasDropped;
  }

  void print(Console console, boolean json) throws IOException {
    if (json) {
      Json.print(console, this::write);
    } else {
      show(console);
    }
  }

  private void show(Console console) {
    console.print(
        "%s of %s, %s: %s reads of %s, %d at a time%s"
            .formatted(
                file,
                artifact,
                Text.size(plan.fileBytes()),
                plan.pattern().label(),
                Text.size(plan.block()),
                plan.readers(),
                transport == null ? "" : ", transport " + transport));
    console.print(
        cold ? "before each round dropped: " + String.join("; ", dropped) : "nothing was dropped");
    Table table =
        new Table()
            .column("ROUND", Align.LEFT)
            .column("GB/S", Align.RIGHT)
            .column("READS/S", Align.RIGHT);
    PERCENTILES.keySet().forEach(name -> table.column(name.toUpperCase(Locale.ROOT), Align.RIGHT));
    for (int i = 0; i < rounds.size(); i++) {
      table.row(row(Integer.toString(i + 1), rounds.get(i)));
    }
    table.print(console);
    if (rounds.size() > 1) {
      console.print("median %.3f GB/s".formatted(median() / 1e9));
    }
  }

  private static String[] row(String name, ReadResult round) {
    List<String> cells = new ArrayList<>();
    cells.add(name);
    cells.add(String.format(Locale.ROOT, "%.3f", round.bandwidth() / 1e9));
    cells.add(Text.count((long) round.readRate()));
    PERCENTILES
        .values()
        .forEach(
            percent ->
                cells.add(String.format(Locale.ROOT, "%.1f µs", round.percentile(percent) / 1e3)));
    return cells.toArray(String[]::new);
  }

  private double median() {
    double[] sorted = rounds.stream().mapToDouble(ReadResult::bandwidth).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private void write(Json out) throws IOException {
    out.put("store", store.location());
    out.put("artifact", artifact.toString());
    out.put("file", file.toString());
    out.put("file_bytes", plan.fileBytes());
    if (transport != null) {
      out.put("transport", transport);
    }
    out.put("pattern", plan.pattern().label());
    out.put("block_bytes", plan.block());
    out.put("readers", plan.readers());
    out.put("cold", cold);
    out.list("dropped", dropped, (json, what) -> json.put("what", what));
    out.put("median_bytes_per_second", Math.round(median()));
    out.list("rounds", rounds, BenchReadReport::write);
  }

  private static void write(Json out, ReadResult round) throws IOException {
    out.put("elapsed_ns", round.nanos());
    out.put("bytes", round.bytes());
    out.put("bytes_per_second", Math.round(round.bandwidth()));
    out.put("reads", round.reads());
    out.put("reads_per_second", Math.round(round.readRate()));
    for (Map.Entry<String, Double> each : PERCENTILES.entrySet()) {
      out.put(each.getKey().replace(".", "") + "_ns", round.percentile(each.getValue()));
    }
  }
}
