package io.snapfs.restore.parts;

import io.snapfs.format.manifest.PartType;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A part that the user names: a file, or a folder with all below it.
 *
 * @param path relative to the packed folder, without a slash at either end; empty for all of it
 */
public record ExplicitPart(String path, PartType type) {
  /**
   * Parses {@code PATH=TYPE}.
   *
   * @throws IllegalArgumentException with a message for the user
   */
  public static ExplicitPart parse(String text) {
    int equals = text.lastIndexOf('=');
    if (equals < 0) {
      throw new IllegalArgumentException("'" + text + "' is not of the form PATH=TYPE");
    }
    String path = text.substring(0, equals).replaceFirst("^(\\./+)+", "").replaceFirst("/+$", "");
    if (path.startsWith("/")) {
      throw new IllegalArgumentException(
          "the path '" + path + "' must be relative to the folder that is packed");
    }
    if (Arrays.asList(path.split("/", -1)).contains("..")) {
      throw new IllegalArgumentException("the path '" + path + "' leads out of the folder");
    }
    return new ExplicitPart(path.equals(".") ? "" : path, type(text.substring(equals + 1)));
  }

  private static PartType type(String label) {
    return Arrays.stream(PartType.values())
        .filter(type -> type.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'"
                        + label
                        + "' is no type of part; there are "
                        + Arrays.stream(PartType.values())
                            .map(PartType::label)
                            .collect(Collectors.joining(", "))));
  }
}
