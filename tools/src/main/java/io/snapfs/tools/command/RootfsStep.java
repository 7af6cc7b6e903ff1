package io.snapfs.tools.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.snapfs.format.CorruptException;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.restore.rootfs.RootfsDiff;
import io.snapfs.restore.rootfs.RootfsPart;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Applies what an artifact has of a worker's root filesystem to another one. */
final class RootfsStep {
  private RootfsStep() {}

  /**
   * First deletes what {@code deleted-files.json} names, then applies the tar.
   *
   * @throws io.snapfs.format.MissingException if the artifact has neither
   */
  static void apply(ArtifactReader reader, Path folder) throws IOException {
    RootfsPart part = RootfsPart.find(reader);
    try (RootfsDiff diff = new RootfsDiff(folder)) {
      Optional<InputStream> deleted = part.deletedFiles();
      if (deleted.isPresent()) {
        try (InputStream json = deleted.get()) {
          for (String path : paths(json, "deleted-files.json of " + part.describe())) {
            diff.delete(path);
          }
        }
      }
      Optional<InputStream> tar = part.tar();
      if (tar.isPresent()) {
        try (InputStream bytes = tar.get()) {
          diff.apply(bytes, part.describe());
        }
      }
    }
  }

  /** The strings of a list, which may be the only member of an object. */
  static List<String> paths(InputStream json, String resource) throws IOException {
    List<String> paths = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        switch (token) {
          case START_ARRAY -> depth++;
          case END_ARRAY -> depth--;
          case VALUE_STRING -> {
            if (depth == 1) {
              // As the tar has them: a char for each byte.
              byte[] bytes = parser.getText().getBytes(StandardCharsets.UTF_8);
              paths.add(new String(bytes, StandardCharsets.ISO_8859_1));
            }
          }
          default -> {}
        }
      }
      return paths;
    } catch (JsonProcessingException e) {
      throw new CorruptException(
          resource, e.getLocation().getByteOffset(), "no JSON: " + e.getOriginalMessage());
    }
  }
}
