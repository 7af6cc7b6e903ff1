package io.snapfs.format.node;

import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.read.OpenFile;
import java.io.IOException;

/** A regular file of an artifact, from which a materialised one can be filled. */
public interface FileSource {
  /** The manifest that {@link #node} is of. */
  Manifest manifest();

  /** The file. */
  Node node();

  /** What it is called, for people: artifact and path. */
  String label() throws IOException;

  /**
   * Opens it for a filler, which closes it. Its chunks should not stay in the chunk cache.
   *
   * @throws io.snapfs.format.MissingException if the artifact is gone
   */
  OpenFile open() throws IOException;
}
