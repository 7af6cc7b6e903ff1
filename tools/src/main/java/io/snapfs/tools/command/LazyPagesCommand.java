package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import io.snapfs.restore.pages.PageServer;
import io.snapfs.restore.pages.PageServerReport;
import io.snapfs.restore.restore.Filling;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.Text;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapfs lazy-pages STORE NAME[:TAG] --work-dir DIR}. */
@Command(
    name = "lazy-pages",
    description = {
      "Fills the memory of processes that 'criu restore --lazy-pages' restores, in place of 'criu"
          + " lazy-pages'.",
      "Start it first: CRIU connects to lazy-pages.socket in its work dir. Pages that a process"
          + " waits for come first, the rest is filled by all processors. Ends when all memory is"
          + " there, and says what it did. If it is killed before that, the processes are killed"
          + " too: they could not run on. Needs root."
    },
    footer = {
      "  snapfs lazy-pages /srv/store llama:v1 --work-dir /tmp/restore &",
      "  criu restore --lazy-pages --images-dir /mnt/llama/v1 --work-dir /tmp/restore -d",
      "  snapfs lazy-pages /srv/store llama --work-dir /tmp/a --work-dir /tmp/b   # two restores"
    })
final class LazyPagesCommand extends StoreCommand {
  @Parameters(index = "1", paramLabel = "NAME[:TAG]", description = "The artifact.")
  private ArtifactRef artifact;

  @Option(
      names = "--work-dir",
      paramLabel = "DIR",
      required = true,
      description =
          "The work dir of 'criu restore'. May be repeated: restores of one artifact that run at the"
              + " same time share what is read and decoded.")
  private List<Path> workDirs;

  @Mixin private FillChoice fill;

  @Option(names = "--json", description = "Print what was done as one JSON object.")
  private boolean json;

  LazyPagesCommand(Console console) {
    super(console);
  }

  @Override
  int run(Store store) throws IOException {
    PageServerReport report = serve(store);
    if (json) {
      Json.print(console(), out -> write(out, store, report));
    } else {
      print(report);
    }
    return report.damagedChunks() == 0 ? ExitCode.OK : ExitCode.DAMAGE;
  }

  private PageServerReport serve(Store store) throws IOException {
    int decoders = Runtime.getRuntime().availableProcessors();
    RecordingOutput recording = RecordingOutput.of(fill.record());
    Filling filling = fill.filling(recording);
    try (ChunkCache cache = new ChunkCache(fill.cacheBytes(), decoders);
        ArtifactReader reader = new ArtifactReader(store.openArtifact(artifact), cache);
        PageServer server =
            PageServer.open(
                reader, workDirs, filling.options(store, artifact, reader.manifest()))) {
      server.serve();
      recording.save();
      return server.report();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure = new InterruptedIOException("interrupted while serving");
      failure.initCause(e);
      throw failure;
    }
  }

  private void print(PageServerReport report) {
    long filled = report.faultBytes() + report.backgroundBytes();
    console()
        .print(
            "filled "
                + Text.size(filled)
                + " and "
                + Text.size(report.zeroBytes())
                + " of zeros of "
                + Text.count(report.processes())
                + " processes in "
                + Text.seconds(TimeUnit.NANOSECONDS.toMillis(report.nanos()))
                + "; "
                + Text.count(report.faults())
                + " faults, half of them answered within "
                + TimeUnit.NANOSECONDS.toMicros(report.medianFaultNanos())
                + " us, 99 % within "
                + TimeUnit.NANOSECONDS.toMicros(report.p99FaultNanos())
                + " us");
    if (report.damagedChunks() > 0) {
      console()
          .print(
              "DAMAGED: "
                  + Text.count(report.damagedChunks())
                  + " chunks; "
                  + Text.size(report.poisonedBytes())
                  + " of memory can't be read, the log says which");
    }
  }

  private void write(Json out, Store store, PageServerReport report) throws IOException {
    out.put("store", store.location());
    out.put("artifact", artifact.toString());
    write(out, report);
  }

  /** The members that say what a page server did. */
  static void write(Json out, PageServerReport report) throws IOException {
    out.put("processes", report.processes());
    out.put("fault_bytes", report.faultBytes());
    out.put("background_bytes", report.backgroundBytes());
    out.put("zero_bytes", report.zeroBytes());
    out.put("poisoned_bytes", report.poisonedBytes());
    out.put("chunks", report.chunks());
    out.put("damaged_chunks", report.damagedChunks());
    out.put("faults", report.faults());
    out.put("unknown_faults", report.unknownFaults());
    out.put("median_fault_us", TimeUnit.NANOSECONDS.toMicros(report.medianFaultNanos()));
    out.put("p99_fault_us", TimeUnit.NANOSECONDS.toMicros(report.p99FaultNanos()));
    out.put("longest_fault_us", TimeUnit.NANOSECONDS.toMicros(report.longestFaultNanos()));
    out.put("forks", report.forks());
    out.put("remaps", report.remaps());
    out.put("removals", report.removals());
    out.put("unmaps", report.unmaps());
    out.put("killed", report.killed());
    out.put("stored_bytes", report.storedBytes());
    out.put("elapsed_ms", TimeUnit.NANOSECONDS.toMillis(report.nanos()));
  }
}
