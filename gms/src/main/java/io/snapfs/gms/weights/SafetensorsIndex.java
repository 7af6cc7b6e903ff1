package io.snapfs.gms.weights;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code model.safetensors.index.json}: which file holds which tensor. */
final class SafetensorsIndex {
  private SafetensorsIndex() {}

  /** Reads an index: tensor name to a file's name relative to the index, in the index's order. */
  static Map<String, String> parse(String resource, byte[] json) throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    boolean[] found = new boolean[1];
    try (JsonInput in = new JsonInput(resource, json, 0)) {
      in.object(
          key -> {
            if (key.equals("weight_map")) {
              found[0] = true;
              in.object(tensor -> files.put(tensor, fileName(in, tensor)));
            } else {
              in.skip();
            }
          });
      in.end();
      if (!found[0]) {
        throw in.failure("there is no weight_map", null);
      }
    }
    return files;
  }

  private static String fileName(JsonInput in, String tensor) throws IOException {
    String name = in.text();
    for (String part : name.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..") || part.indexOf('\0') >= 0) {
        throw in.failure(
            "tensor '" + tensor + "' is in '" + name + "', which leads out of the folder", null);
      }
    }
    return name;
  }
}
