package io.snapfs.gms.weights;

import io.snapfs.format.CorruptException;
import io.snapfs.gms.weights.WeightsLayout.Name;
import io.snapfs.gms.weights.WeightsLayout.Segment;
import io.snapfs.gms.weights.WeightsLayout.Slab;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a GMS saved of one device: {@value #MANIFEST}, {@value #METADATA} and the files that the
 * manifest names.
 */
final class SavedForm {
  static final String MANIFEST = "manifest.json";
  static final String METADATA = "gms_metadata.json";
  static final int MAX_JSON = 1 << 30;

  /** An allocation as the manifest has it. */
  private static final class Allocation {
    String id;
    long size = -1;
    String tag = "weights";
    String file;
    long offset;
  }

  private final ArtifactFiles files;
  private final ArtifactFiles.File manifest;
  private final ArtifactFiles.Folder folder;
  private final List<Slab> slabs = new ArrayList<>();
  private final List<Segment> segments = new ArrayList<>();
  private final Map<String, Integer> byId = new HashMap<>();
  private String layoutHash = "";

  private SavedForm(ArtifactFiles files, ArtifactFiles.Folder folder) throws IOException {
    this.files = files;
    this.folder = folder;
    this.manifest = files.file(folder, MANIFEST);
  }

  /** Reads the folder of one device. */
  static WeightsLayout read(ArtifactFiles files, ArtifactFiles.Folder folder) throws IOException {
    return new SavedForm(files, folder).read();
  }

  private WeightsLayout read() throws IOException {
    try (JsonInput in = new JsonInput(manifest.name(), manifest.readAll(MAX_JSON), 0)) {
      in.object(
          key -> {
            switch (key) {
              case "allocations" -> in.list(() -> add(in, allocation(in)));
              case "layout_hash" -> layoutHash = in.isText() ? in.text() : "";
              default -> in.skip();
            }
          });
      in.end();
    }
    return new WeightsLayout(folder.name(), slabs, segments, names(), layoutHash);
  }

  private static Allocation allocation(JsonInput in) throws IOException {
    Allocation result = new Allocation();
    in.object(
        key -> {
          switch (key) {
            case "allocation_id" -> result.id = in.text();
            case "size" -> result.size = in.count();
            case "tag" -> result.tag = in.text();
            case "tensor_file" -> result.file = in.text();
            case "tensor_offset" -> result.offset = in.count();
            default -> in.skip();
          }
        });
    if (result.id == null || result.file == null || result.size < 1) {
      throw in.failure(
          "an allocation needs an allocation_id, a size above 0 and a tensor_file", null);
    }
    return result;
  }

  private void add(JsonInput in, Allocation allocation) throws IOException {
    ArtifactFiles.File shard = files.file(folder, allocation.file);
    if (allocation.offset > shard.size() || allocation.size > shard.size() - allocation.offset) {
      throw in.failure(
          "allocation '%s' has %d bytes at offset %d of %s, which has %d"
              .formatted(
                  allocation.id, allocation.size, allocation.offset, shard.name(), shard.size()),
          null);
    }
    if (byId.put(allocation.id, slabs.size()) != null) {
      throw in.failure("allocation '" + allocation.id + "' is there twice", null);
    }
    segments.add(new Segment(shard.node(), allocation.offset, allocation.size, slabs.size(), 0));
    slabs.add(new Slab(allocation.size, allocation.tag));
  }

  private List<Name> names() throws IOException {
    ArtifactFiles.File file = files.file(folder, METADATA);
    List<Name> names = new ArrayList<>();
    try (JsonInput in = new JsonInput(file.name(), file.readAll(MAX_JSON), 0)) {
      in.object(key -> names.add(name(in, file, key)));
      in.end();
    }
    return names;
  }

  private Name name(JsonInput in, ArtifactFiles.File file, String key) throws IOException {
    String[] id = new String[1];
    long[] offset = new long[1];
    byte[][] value = {new byte[0]};
    in.object(
        field -> {
          switch (field) {
            case "allocation_id" -> id[0] = in.text();
            case "offset_bytes" -> offset[0] = in.count();
            case "value" -> value[0] = in.base64();
            default -> in.skip();
          }
        });
    Integer slab = id[0] == null ? null : byId.get(id[0]);
    if (slab == null || offset[0] > slabs.get(slab).size()) {
      throw new CorruptException(
          file.name(),
          -1,
          "'%s' is at offset %d of allocation '%s', which %s"
              .formatted(
                  key,
                  offset[0],
                  id[0],
                  slab == null ? "is not there" : "has " + slabs.get(slab).size() + " bytes"));
    }
    return new Name(key, slab, offset[0], value[0]);
  }
}
