package io.snapfs.tools.command;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.Limits;
import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.chunk.Chunking;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.format.manifest.Part;
import io.snapfs.format.manifest.Summary;
import io.snapfs.format.store.Store;
import io.snapfs.format.write.PackOptions;
import io.snapfs.format.write.PackResult;
import io.snapfs.format.write.Packer;
import io.snapfs.restore.parts.ExplicitPart;
import io.snapfs.restore.parts.PartRecognition;
import io.snapfs.restore.parts.Provenance;
import io.snapfs.restore.parts.SourceSize;
import io.snapfs.tools.console.Console;
import io.snapfs.tools.console.Json;
import io.snapfs.tools.console.ProgressDisplay;
import io.snapfs.tools.console.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code snapfs pack DIR --store STORE --name NAME[:TAG]}. */
@Command(
    name = "pack",
    description = {
      "Packs a folder into a store as one artifact.",
      "The folder may be the images of a CRIU dump, a whole checkpoint, or any folder; CRIU images,"
          + " weights and changes to the root filesystem are recognised. What the store has"
          + " already is not stored again. The store is made if it isn't there."
    },
    footer = {
      "  snapfs pack /tmp/dump --store /srv/store --name worker",
      "  snapfs pack /tmp/ckpt --store /srv/store --name worker:v2 --label model=llama-8b \\",
      "      --part extra/model.bin=weights"
    })
final class PackCommand implements Callable<Integer> {
  private static final int MAX_JOBS = 1024;

  @Parameters(paramLabel = "DIR", description = "The folder to pack.")
  private Path source;

  @Option(
      names = "--store",
      required = true,
      paramLabel = "STORE",
      description = "Directory of the store.")
  private Path storeDirectory;

  @Option(
      names = "--name",
      required = true,
      paramLabel = "NAME[:TAG]",
      description = "Name of the artifact; the tag is 'latest' if none is given.")
  private ArtifactRef name;

  @Mixin private CodecChoice codec;

  @Option(
      names = "--chunking",
      paramLabel = "CHUNKING",
      defaultValue = "cdc:128K",
      description =
          "Where to cut files: cdc:SIZE (at page boundaries, by content, SIZE on average) or"
              + " fixed:SIZE. Default: ${DEFAULT-VALUE}.")
  private Chunking chunking;

  @Option(
      names = "--label",
      paramLabel = "K=V",
      description = "A label to keep with the artifact. May be repeated.")
  private Map<String, String> labels = new LinkedHashMap<>();

  @Option(
      names = "--part",
      paramLabel = "PATH=TYPE",
      description =
          "PATH in DIR, with all below it, is of TYPE: criu, weights, rootfs-diff or other. May be"
              + " repeated; the first that fits counts.")
  private List<ExplicitPart> parts = List.of();

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Threads that hash and compress. Default: one for each core.")
  private Integer jobs;

  @Option(names = "--json", description = "Print the result as one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  private final Console console;

  PackCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    checkJobs();
    checkLabels();
    checkSource();
    CodecPolicy policy = codec.policy(spec);
    long start = System.nanoTime();
    try (PartRecognition recognition = new PartRecognition(source, parts);
        Store store = Store.openOrCreate(storeDirectory)) {
      PackResult result = pack(store, recognition, policy);
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      List<Part> found = store.manifest(name).parts();
      if (json) {
        Json.print(console, out -> write(out, store, result, found, millis));
      } else {
        print(result, found, millis);
      }
    }
    return ExitCode.OK;
  }

  private PackResult pack(Store store, PartRecognition recognition, CodecPolicy policy)
      throws IOException {
    long total = console.errIsTerminal() ? SourceSize.of(source) : SourceSize.UNKNOWN;
    try (ProgressDisplay progress = new ProgressDisplay(console)) {
      PackOptions options =
          new PackOptions(
              chunking,
              policy,
              jobs == null ? Runtime.getRuntime().availableProcessors() : jobs,
              labels,
              Provenance.of(source, Version.current()),
              recognition,
              (what, done, unknown) -> progress.step(what, done, Math.max(total, unknown)));
      return new Packer(store, options).pack(source, name);
    }
  }

  private void checkJobs() {
    if (jobs != null && (jobs < 1 || jobs > MAX_JOBS)) {
      throw new ParameterException(
          spec.commandLine(), "--jobs " + jobs + ": it takes a number from 1 to " + MAX_JOBS);
    }
  }

  /** Before a store is made for it. */
  private void checkSource() throws SnapfsException {
    if (Files.notExists(source)) {
      throw new MissingException("there is no folder " + source + " to pack");
    }
    if (!Files.isDirectory(source)) {
      throw new SnapfsException(source + " is not a folder: snapfs packs folders");
    }
  }

  private void checkLabels() {
    if (labels.size() > Limits.MAX_PROPERTIES / 2) {
      throw new ParameterException(
          spec.commandLine(), "there can't be more than " + Limits.MAX_PROPERTIES / 2 + " labels");
    }
    labels.forEach(
        (key, value) -> {
          checkLength(key, "the key", key, Limits.MAX_PROPERTY_KEY);
          checkLength(key, "the value", value, Limits.MAX_PROPERTY_VALUE);
        });
  }

  private void checkLength(String label, String what, String text, int max) {
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    if (length > max || (label.isEmpty() && text.equals(label))) {
      throw new ParameterException(
          spec.commandLine(),
          "--label "
              + label
              + "=...: "
              + what
              + " has "
              + length
              + " bytes, expected 1 to "
              + max
              + " (for example: --label model=llama-8b)");
    }
  }

  private void print(PackResult result, List<Part> found, long millis) {
    Summary summary = result.summary();
    console.print(
        "packed "
            + result.ref()
            + ": "
            + Text.count(summary.regularFiles())
            + " files, "
            + Text.size(summary.logicalBytes())
            + " (holes "
            + Text.size(summary.holeBytes())
            + ") in "
            + Text.seconds(millis));
    console.print(
        "stored "
            + Text.size(summary.storedBytes())
            + " in "
            + Text.count(result.chunks())
            + " chunks, of which new "
            + Text.size(summary.addedBytes())
            + " in "
            + Text.count(result.newChunks()));
    if (result.healedChunks() > 0) {
      console.print(
          "stored anew "
              + Text.count(result.healedChunks())
              + " chunks that were damaged in the store; see 'snapfs verify'");
    }
    PartsView.print(console, found);
  }

  private static void write(Json out, Store store, PackResult result, List<Part> found, long millis)
      throws IOException {
    out.put("store", store.location());
    out.put("artifact", result.ref().toString());
    out.put("content_id", result.contentId());
    SummaryView.write(out, result.summary());
    out.put("chunks", result.chunks());
    out.put("new_chunks", result.newChunks());
    out.put("healed_chunks", result.healedChunks());
    out.put("elapsed_ms", millis);
    PartsView.write(out, found);
  }
}
