package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.prefetch.Prefetch;
import io.snapfs.format.prefetch.PrefetchResult;
import io.snapfs.format.store.OpenArtifact;
import io.snapfs.format.store.Store;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.ProgressDisplay;
import io.snapfs.tools.console.Text;
import java.io.IOException;
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
          + " a mount needs no disk for them. The system may take that memory back when it is short."
    },
    footer = {
      "  snapfs prefetch /srv/store worker:v1",
      "  snapfs prefetch /srv/store worker:v1 --jobs 16 --json"
    })
final class PrefetchCommand extends StoreCommand {
  private static final int MAX_JOBS = 256;

  @Parameters(index = "1", paramLabel = "NAME[:TAG]", description = "The artifact.")
  private ArtifactRef artifact;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      defaultValue = "4",
      description = "Requests in flight, of up to 4 MiB each. Default: ${DEFAULT-VALUE}.")
  private int jobs;

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
