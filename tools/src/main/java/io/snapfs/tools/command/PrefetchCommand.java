package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.node.Materialization;
import io.snapfs.format.node.NodeCache;
import io.snapfs.format.prefetch.Prefetch;
import io.snapfs.format.prefetch.PrefetchResult;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.ProgressDisplay;
import io.snapfs.tools.console.Text;
import io.snapfs.tools.option.ByteSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code snapfs prefetch STORE NAME[:TAG]}. */
@Command(
    name = "prefetch",
    description = {
      "Warms this node for an artifact.",
      "Its stored bytes are read into the page cache, in large pieces and several at a time, so that"
          + " a mount needs no disk for them. The system may take that memory back when it is short.",
      "With --materialize its files are decoded into the directory of that name, as 'snapfs mount"
          + " --materialize' does with files that are much used. A mount has each checked when it is"
          + " opened first; opens after that are served from there, by the kernel itself where it"
          + " can. The longest files go first."
    },
    footer = {
      "  snapfs prefetch /srv/store worker:v1",
      "  snapfs prefetch /srv/store worker:v1 --jobs 16 --json",
      "  snapfs prefetch /srv/store worker:v1 --materialize /dev/shm/snapfs"
    })
final class PrefetchCommand extends StoreCommand {
  private static final int MAX_JOBS = 256;

  /** Chunks are dropped when they have been written: room for what is decoded ahead. */
  private static final long CACHE_BYTES = 64 << 20;

  @Parameters(index = "1", paramLabel = "NAME[:TAG]", description = "The artifact.")
  private ArtifactRef artifact;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      defaultValue = "4",
      description =
          "Requests in flight, of up to 4 MiB each; with --materialize, files that are filled at a"
              + " time. Default: ${DEFAULT-VALUE}.")
  private int jobs;

  @Option(
      names = "--materialize",
      paramLabel = "DIR",
      description =
          "Decode the files of 64 KiB or more into DIR, which mounts with --materialize DIR use."
              + " What is there is checked.")
  private Path materialize;

  @Option(
      names = "--materialize-size",
      paramLabel = "SIZE",
      description =
          "Most space that DIR may take, with what is there; files that were not used for a minute"
              + " make room. Default: as of 'snapfs mount'.")
  private ByteSize materializeSize;

  @Option(names = "--json", description = "Print the result as one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  PrefetchCommand(Console console) {
    super(console);
  }

  @Override
  int run(Store store) throws IOException {
    if (jobs < 1 || jobs > MAX_JOBS) {
      throw new ParameterException(
          spec.commandLine(), "--jobs " + jobs + ": it takes a number from 1 to " + MAX_JOBS);
    }
    if (materialize != null) {
      materialize(store);
      return ExitCode.OK;
    }
    if (materializeSize != null) {
      throw new ParameterException(
          spec.commandLine(), "--materialize-size needs --materialize DIR");
    }
    PrefetchResult result;
    try (OpenArtifact open = store.openArtifact(artifact);
        ProgressDisplay progress = new ProgressDisplay(console())) {
      result = new Prefetch(store, open, progress).run(jobs);
    }
    if (json) {
      Json.print(console(), out -> write(out, store, result));
    } else {
      print(result);
    }
    return ExitCode.OK;
  }

  private void materialize(Store store) throws IOException {
    long limit = materializeSize == null ? NodeCache.DEFAULT_LIMIT : materializeSize.bytes();
    Materialization.Result result;
    try (NodeCache node = NodeCache.open(materialize, limit);
        ChunkCache cache = new ChunkCache(CACHE_BYTES, Runtime.getRuntime().availableProcessors());
        ArtifactReader reader = new ArtifactReader(store.openArtifact(artifact), cache);
        ProgressDisplay progress = new ProgressDisplay(console())) {
      result = new Materialization(node, reader, artifact, progress).run(jobs);
    }
    if (json) {
      Json.print(console(), out -> write(out, store, result));
    } else {
      print(result);
    }
  }

  private void print(Materialization.Result result) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "materialised %s in %s: %s files, %s; %s of them now, %s in %s",
            artifact,
            materialize,
            Text.count(result.files()),
            Text.size(result.bytes()),
            Text.count(result.filledFiles()),
            Text.size(result.filledBytes()),
            Text.seconds(TimeUnit.NANOSECONDS.toMillis(result.nanos()))));
    if (result.leftOutFiles() > 0) {
      text.append(
          String.format(
              Locale.ROOT,
              "; no room for %s files, %s (--materialize-size, or more space)",
              Text.count(result.leftOutFiles()),
              Text.size(result.leftOutBytes())));
    }
    if (result.busyFiles() > 0) {
      text.append("; others are filling " + Text.count(result.busyFiles()) + " files");
    }
    console().print(text.toString());
  }

  private void write(Json out, Store store, Materialization.Result result) throws IOException {
    out.put("store", store.location());
    out.put("artifact", artifact.toString());
    out.put("directory", materialize.toString());
    out.put("files", result.files());
    out.put("file_bytes", result.bytes());
    out.put("filled_files", result.filledFiles());
    out.put("filled_bytes", result.filledBytes());
    out.put("left_out_files", result.leftOutFiles());
    out.put("left_out_bytes", result.leftOutBytes());
    out.put("busy_files", result.busyFiles());
    out.put("short_files", result.shortFiles());
    out.put("elapsed_ms", TimeUnit.NANOSECONDS.toMillis(result.nanos()));
  }

  private void print(PrefetchResult result) {
    console()
        .print(
            String.format(
                Locale.ROOT,
                "prefetched %s: %s in %s, %.2f GB/s",
                artifact,
                Text.size(result.bytes()),
                Text.seconds(TimeUnit.NANOSECONDS.toMillis(result.nanos())),
                result.gigabytesPerSecond()));
  }

  private void write(Json out, Store store, PrefetchResult result) throws IOException {
    out.put("store", store.location());
    out.put("artifact", artifact.toString());
    out.put("read_bytes", result.bytes());
    out.put("elapsed_ms", TimeUnit.NANOSECONDS.toMillis(result.nanos()));
    out.put("gigabytes_per_second", result.gigabytesPerSecond());
  }
}
