package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.profile.Profile;
import io.snapfs.format.profile.Recorder;
import io.snapfs.format.profile.RecordingFile;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Profiles;
import io.snapfs.format.store.Store;
import io.snapfs.restore.pages.PageServer;
import io.snapfs.restore.pages.PageServerOptions;
import io.snapfs.restore.pages.PageServerReport;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.Text;
import io.snapfs.tools.option.ByteSize;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
  private static final Logger LOG = System.getLogger(LazyPagesCommand.class.getName());

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

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Threads that fill memory. Default: one for each processor.")
  private Integer jobs;

  @Option(
      names = "--cache-size",
      paramLabel = "SIZE",
      defaultValue = "512M",
      description = "Memory for decoded chunks. Default: ${DEFAULT-VALUE}.")
  private ByteSize cacheSize;

  @Option(
      names = "--profile",
      paramLabel = "FILE",
      description =
          "Fill in the order of what an earlier run recorded in FILE. Default: that of the profile"
              + " in the store if there is one, else that of the images.")
  private Path profile;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description =
          "Write to FILE in which order processes waited for chunks; 'snapfs profile add' makes a"
              + " profile of it.")
  private Path record;

  @Option(names = "--json", description = "Print what was done as one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

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
    RecordingOutput recording = RecordingOutput.of(record);
    try (ChunkCache cache = new ChunkCache(cacheSize.bytes(), decoders);
        ArtifactReader reader = new ArtifactReader(store.openArtifact(artifact), cache);
        PageServer server =
            PageServer.open(
                reader, workDirs, options(store, reader.manifest(), recording.recorder()))) {
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

  private PageServerOptions options(Store store, Manifest manifest, Recorder recorder)
      throws IOException {
    PageServerOptions options = PageServerOptions.defaults(cacheSize.bytes());
    if (jobs != null && jobs < 1) {
      throw new ParameterException(spec.commandLine(), "--jobs must be at least 1, not " + jobs);
    }
    if (jobs != null) {
      options = options.withJobs(jobs);
    }
    if (recorder != null) {
      options =
          options.withRecorder(
              recorder.of(artifact, manifest.contentId(), manifest.chunkCount())::touched);
    }
    Profile order = order(store, manifest);
    return order == null ? options : options.withProfile(order);
  }

  private Profile order(Store store, Manifest manifest) throws IOException {
    if (profile != null) {
      return RecordingFile.find(
          RecordingFile.read(profile), profile, artifact, manifest.contentId());
    }
    try {
      return Profiles.find(store, manifest);
    } catch (SnapfsException e) {
      LOG.log(Level.WARNING, "the order of the images is used: {0}", e.getMessage());
      return null;
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
    out.put("elapsed_ms", TimeUnit.NANOSECONDS.toMillis(report.nanos()));
  }
}
