package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.gms.load.LoadReport;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.Text;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** What a load of weights did, the same wherever it is shown. */
final class LoadReportView {
  private static final double NANOS_PER_MILLI = 1e6;

  private LoadReportView() {}

  static void print(Console console, ArtifactRef artifact, LoadReport report) {
    console.print(
        String.format(
            Locale.ROOT,
            "loaded %s: %s into %s slab%s of %d device%s in %s, %.2f GB/s, once started %.2f; %s of it"
                + " had been decoded before",
            artifact,
            Text.size(report.weightBytes()),
            Text.count(report.slabs()),
            report.slabs() == 1 ? "" : "s",
            report.devices(),
            report.devices() == 1 ? "" : "s",
            Text.seconds(TimeUnit.NANOSECONDS.toMillis(report.nanos())),
            report.gigabytesPerSecond(),
            report.fillGigabytesPerSecond(),
            Text.percent(report.cachedBytes(), report.weightBytes())));
    console.print(
        report.phases().entrySet().stream()
            .map(
                each ->
                    String.format(
                        Locale.ROOT,
                        "%s %.0f ms",
                        each.getKey().name().toLowerCase(Locale.ROOT),
                        each.getValue() / NANOS_PER_MILLI))
            .collect(Collectors.joining(", ", "", " (pin, read, decode, copy: of all threads)")));
  }

  static void write(Json out, LoadReport report) throws IOException {
    out.put("weight_bytes", report.weightBytes());
    out.put("read_bytes", report.storedBytes());
    out.put("cached_bytes", report.cachedBytes());
    out.put("devices", report.devices());
    out.put("slabs", report.slabs());
    out.put("names", report.names());
    out.put("elapsed_ms", report.nanos() / NANOS_PER_MILLI);
    out.put("gigabytes_per_second", report.gigabytesPerSecond());
    out.put("fill_ms", report.fillNanos() / NANOS_PER_MILLI);
    out.put("fill_gigabytes_per_second", report.fillGigabytesPerSecond());
    out.object(
        "phases_ms",
        phases -> {
          for (var each : report.phases().entrySet()) {
            phases.put(
                each.getKey().name().toLowerCase(Locale.ROOT), each.getValue() / NANOS_PER_MILLI);
          }
        });
  }
}
