package io.snapfs.gms.save;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.manifest.PartType;
import io.snapfs.format.store.Store;
import io.snapfs.format.write.FileContents;
import io.snapfs.format.write.PackOptions;
import io.snapfs.format.write.PackResult;
import io.snapfs.format.write.Packer;
import io.snapfs.format.write.PartClassifier;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Packs committed weights as the saved form of a GMS. For one run. */
public final class Saver {
  private static final PartClassifier.Part WEIGHTS = new PartClassifier.Part(PartType.WEIGHTS, "");

  private final Store store;
  private final ArtifactRef ref;
  private final PackOptions options;
  private final Map<String, FileContents.Bytes> contents = new HashMap<>();

  /**
   * @param options of which the parts are not used
   */
  public Saver(Store store, ArtifactRef ref, PackOptions options) {
    this.store = store;
    this.ref = ref;
    this.options = options;
  }

  /**
   * Does it.
   *
   * @param devices of one or more devices; they stay the caller's
   * @throws io.snapfs.format.AlreadyExistsException if there is such an artifact
   */
  public PackResult run(List<? extends CommittedWeights> devices) throws IOException {
    Path folder = Files.createTempDirectory("snapfs-save");
    try {
      for (int i = 0; i < devices.size(); i++) {
        describe(folder, devices.size() == 1 ? "" : "device-" + i + "/", devices.get(i), i);
      }
      FileContents elsewhere = path -> contents.get(new String(path, StandardCharsets.ISO_8859_1));
      PackOptions ours =
          new PackOptions(
              options.chunking(),
              options.codec(),
              options.jobs(),
              options.labels(),
              options.provenance(),
              path -> path.length == 0 ? PartClassifier.Part.OTHER : WEIGHTS,
              options.progress());
      return new Packer(store, ours, elsewhere).pack(folder, ref);
    } finally {
      delete(folder);
    }
  }

  private void describe(Path folder, String prefix, CommittedWeights weights, int device)
      throws IOException {
    Shards shards = new Shards(weights);
    Path own = Files.createDirectories(folder.resolve(prefix));
    Files.createDirectories(own.resolve(Shards.FOLDER));
    for (int i = 0; i < shards.count(); i++) {
      String path = Shards.path(i);
      try (RandomAccessFile file = new RandomAccessFile(own.resolve(path).toFile(), "rw")) {
        file.setLength(shards.length(i));
      }
      contents.put(prefix + path, shards.bytes(i));
    }
    Descriptions.manifest(own.resolve("manifest.json"), weights, shards, device);
    Descriptions.metadata(own.resolve("gms_metadata.json"), weights);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
