package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.chunk.Chunking;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.store.Store;
import io.snapfs.format.write.PackOptions;
import io.snapfs.format.write.PackResult;
import io.snapfs.gms.cuda.CudaDevice;
import io.snapfs.gms.save.Saver;
import io.snapfs.gms.session.GmsWeights;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.ProgressDisplay;
import io.snapfs.tools.console.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code snapfs gms save}. */
@Command(
    name = "save",
    description = {
      "Packs the weights that a GPU memory service holds as an artifact.",
      "Waits until they are committed; others may read them meanwhile. They are packed straight from"
          + " the device: nothing is written but the store."
    },
    footer = {
      "  snapfs gms save --store /srv/store --name llama-weights:v1",
      "  snapfs gms save --store /srv/store --name llama-tp2:v1 --device 0 --device 1 --target-bandwidth 30G"
    })
final class GmsSaveCommand implements Callable<Integer> {
  @Option(
      names = "--store",
      required = true,
      paramLabel = "STORE",
      description = "Directory of the store; it is made if it isn't there.")
  private Path storeDirectory;

  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME[:TAG]",
      description = "Name of the artifact; the tag is 'latest' if none is given.")
  private ArtifactRef name;

  @Option(
      names = "--device",
      paramLabel = "N",
      description = "A device, from 0 on. May be repeated: they become one artifact. Default: 0.")
  private List<Integer> devices = List.of();

  @Option(
      names = "--socket-dir",
      paramLabel = "DIR",
      description =
          "Where the services listen. Default: GMS_SOCKET_DIR, or else the folder for temporary"
              + " files.")
  private Path sockets;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to wait for the commit. Default: ${DEFAULT-VALUE}.")
  private long timeoutSeconds;

  @Option(
      names = "--chunking",
      paramLabel = "CHUNKING",
      defaultValue = "fixed:512K",
      description = "Where to cut shards: as for 'snapfs pack'. Default: ${DEFAULT-VALUE}.")
  private Chunking chunking;

  @Mixin private CodecChoice codec;

  @Option(names = "--json", description = "Print the result as one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  private final Console console;

  GmsSaveCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    GmsDevices chosen = new GmsDevices(devices, sockets, Duration.ofSeconds(timeoutSeconds));
    chosen.check(spec, "--device");
    CodecPolicy policy = codec.policy(spec);
    long start = System.nanoTime();
    List<GmsWeights> weights = new ArrayList<>();
    try (Store store = Store.openOrCreate(storeDirectory);
        ProgressDisplay progress = new ProgressDisplay(console)) {
      for (int i = 0; i < chosen.ordinals().size(); i++) {
        CudaDevice device = chosen.device(i);
        weights.add(GmsWeights.open(device, chosen.socket(device), chosen.timeout()));
      }
      PackOptions defaults = PackOptions.defaults();
      PackOptions options =
          new PackOptions(
              chunking,
              policy,
              defaults.jobs(),
              Map.of(),
              Map.of("snapfs.version", Version.current(), "source.kind", "gms"),
              defaults.parts(),
              progress);
      PackResult result = new Saver(store, name, options).run(weights);
      show(store, result, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    } finally {
      for (GmsWeights each : weights) {
        each.close();
      }
    }
    return ExitCode.OK;
  }

  private void show(Store store, PackResult result, long millis) throws IOException {
    if (json) {
      Json.print(
          console,
          out -> {
            out.put("store", store.location());
            out.put("artifact", result.ref().toString());
            out.put("content_id", result.contentId());
            SummaryView.write(out, result.summary());
            out.put("chunks", result.chunks());
            out.put("new_chunks", result.newChunks());
            out.put("elapsed_ms", millis);
          });
    } else {
      console.print(
          "saved "
              + result.ref()
              + ": "
              + Text.size(result.summary().logicalBytes())
              + ", stored as "
              + Text.size(result.summary().storedBytes())
              + " in "
              + Text.seconds(millis));
    }
  }
}
