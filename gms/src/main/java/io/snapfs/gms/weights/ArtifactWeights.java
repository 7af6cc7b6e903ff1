package io.snapfs.gms.weights;

import io.snapfs.format.CorruptException;
import io.snapfs.format.MissingException;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.store.OpenArtifact;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the weights of an artifact and says what each device gets.
 *
 * <p>They are, in this order: what a GMS saved ({@code manifest.json} beside {@code
 * gms_metadata.json}), in one folder, or in {@code device-N} folders for several devices; or
 * safetensors files, as their index says or all of one folder. The first folder that has any, from
 * the top down, holds them.
 */
public final class ArtifactWeights {
  private static final Pattern DEVICE_FOLDER = Pattern.compile("device-(\\d{1,6})");
  private static final String INDEX = ".safetensors.index.json";
  private static final String FILE = ".safetensors";
  private static final int MAX_FOLDERS = 100_000;

  private final OpenArtifact artifact;
  private final ArtifactFiles files;

  private ArtifactWeights(OpenArtifact artifact, ArtifactFiles files) {
    this.artifact = artifact;
    this.files = files;
  }

  /**
   * What each of some devices gets.
   *
   * @param devices how many; as many as a GMS saved, or any number of copies of safetensors
   * @throws MissingException if the artifact has no weights
   * @throws CorruptException if a file lies, with the file and the offset
   */
  public static List<WeightsLayout> read(OpenArtifact artifact, int devices) throws IOException {
    try (ArtifactFiles files = new ArtifactFiles(artifact)) {
      return new ArtifactWeights(artifact, files).find(devices);
    }
  }

  /** Breadth first. */
  private List<WeightsLayout> find(int devices) throws IOException {
    List<ArtifactFiles.Folder> queue = new ArrayList<>(List.of(files.root()));
    for (int i = 0; i < queue.size() && i < MAX_FOLDERS; i++) {
      ArtifactFiles.Folder folder = queue.get(i);
      List<ArtifactFiles.Folder> below = files.folders(folder);
      List<ArtifactFiles.Folder> saved = saved(folder, below);
      if (!saved.isEmpty()) {
        return savedForms(folder, saved, devices);
      }
      List<String> names = files.files(folder);
      if (names.stream().anyMatch(name -> name.endsWith(FILE) || name.endsWith(INDEX))) {
        WeightsLayout layout = safetensors(folder, names);
        return Collections.nCopies(devices, layout);
      }
      queue.addAll(below);
    }
    throw new MissingException(
        "artifact "
            + artifact.ref()
            + " has no weights: neither what a GMS saved (manifest.json and gms_metadata.json) nor"
            + " *.safetensors is in it; pack a folder with them, or use 'snapfs gms save'");
  }

  /** The folder itself, or the folders of devices below it in the order of their numbers. */
  private List<ArtifactFiles.Folder> saved(
      ArtifactFiles.Folder folder, List<ArtifactFiles.Folder> below) throws IOException {
    if (isSaved(folder)) {
      return List.of(folder);
    }
    Map<Integer, ArtifactFiles.Folder> devices = new TreeMap<>();
    for (ArtifactFiles.Folder each : below) {
      Matcher matcher =
          DEVICE_FOLDER.matcher(each.path().substring(each.path().lastIndexOf('/') + 1));
      if (matcher.matches() && isSaved(each)) {
        devices.put(Integer.parseInt(matcher.group(1)), each);
      }
    }
    return List.copyOf(devices.values());
  }

  private boolean isSaved(ArtifactFiles.Folder folder) throws IOException {
    return files.files(folder).containsAll(List.of(SavedForm.MANIFEST, SavedForm.METADATA));
  }

  private List<WeightsLayout> savedForms(
      ArtifactFiles.Folder folder, List<ArtifactFiles.Folder> saved, int devices)
      throws IOException {
    if (saved.size() != devices) {
      throw new SnapfsException(
          "%s has the weights of %d device%s, not of %d: name as many with --device"
              .formatted(folder.name(), saved.size(), saved.size() == 1 ? "" : "s", devices));
    }
    List<WeightsLayout> layouts = new ArrayList<>();
    for (ArtifactFiles.Folder each : saved) {
      layouts.add(SavedForm.read(files, each));
    }
    return layouts;
  }

  private WeightsLayout safetensors(ArtifactFiles.Folder folder, List<String> names)
      throws IOException {
    List<String> indexes = names.stream().filter(name -> name.endsWith(INDEX)).toList();
    if (indexes.size() > 1) {
      throw new SnapfsException(
          folder.name() + " has more than one index: " + String.join(", ", indexes));
    }
    return indexes.isEmpty()
        ? unindexed(folder, names.stream().filter(name -> name.endsWith(FILE)).toList())
        : indexed(folder, indexes.get(0));
  }

  private WeightsLayout indexed(ArtifactFiles.Folder folder, String index) throws IOException {
    ArtifactFiles.File file = files.file(folder, index);
    Map<String, String> map = SafetensorsIndex.parse(file.name(), file.readAll(SavedForm.MAX_JSON));
    Map<String, Set<String>> byFile = new LinkedHashMap<>();
    map.forEach((name, in) -> byFile.computeIfAbsent(in, key -> new HashSet<>()).add(name));
    SlabPacker packer = new SlabPacker();
    for (String shard : byFile.keySet().stream().sorted().toList()) {
      Set<String> missing = new HashSet<>(byFile.get(shard));
      ArtifactFiles.File shardFile = files.file(folder, shard);
      Safetensors.Header header = Safetensors.read(shardFile);
      for (TensorInfo tensor : header.tensors()) {
        if (missing.remove(tensor.name())) {
          packer.add(tensor, shardFile.node(), header.dataOffset() + tensor.begin());
        }
      }
      if (!missing.isEmpty()) {
        throw new CorruptException(
            shardFile.name(),
            -1,
            "it has no tensor '"
                + missing.stream().min(Comparator.naturalOrder()).orElseThrow()
                + "', which "
                + index
                + " says is there");
      }
    }
    return packer.finish(file.name());
  }

  private WeightsLayout unindexed(ArtifactFiles.Folder folder, List<String> names)
      throws IOException {
    SlabPacker packer = new SlabPacker();
    Map<String, String> seen = new LinkedHashMap<>();
    for (String name : names) {
      ArtifactFiles.File file = files.file(folder, name);
      Safetensors.Header header = Safetensors.read(file);
      for (TensorInfo tensor : header.tensors()) {
        String other = seen.put(tensor.name(), name);
        if (other != null) {
          throw new CorruptException(
              file.name(),
              -1,
              "tensor '"
                  + tensor.name()
                  + "' is in "
                  + other
                  + " as well: add an index that says which is meant");
        }
        packer.add(tensor, file.node(), header.dataOffset() + tensor.begin());
      }
    }
    return packer.finish(folder.name());
  }
}
