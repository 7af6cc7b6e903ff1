package io.snapfs.format.write;

import io.snapfs.format.manifest.PartType;

/**
 * Says to which part of an artifact a file belongs. Called by the walker, once for each node, in
 * the order of the walk.
 */
@FunctionalInterface
public interface PartClassifier {
  /** Everything is {@link PartType#OTHER}. */
  PartClassifier NONE = path -> Part.OTHER;

  /**
   * A part: files with equal parts are counted together.
   *
   * @param name what tells it from others of the same type, often the path of its folder; may be
   *     empty
   */
  record Part(PartType type, String name) {
    /** What belongs to nothing else. */
    public static final Part OTHER = new Part(PartType.OTHER, "");
  }

  /**
   * The part of a node.
   *
   * @param path raw bytes, relative to the packed folder, separated by slashes; empty for the
   *     folder itself
   */
  Part classify(byte[] path);
}
