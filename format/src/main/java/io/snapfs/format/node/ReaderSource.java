package io.snapfs.format.node;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.read.AfterRead;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.format.read.OpenFile;
import java.io.IOException;

/**
 * A file of an artifact that is open.
 *
 * @param reader stays the caller's; it must be open while the file is materialised
 * @param ref what the artifact is called
 * @param node the file, of the reader's manifest
 */
public record ReaderSource(ArtifactReader reader, ArtifactRef ref, Node node)
    implements FileSource {
  @Override
  public Manifest manifest() {
    return reader.manifest();
  }

  @Override
  public String label() throws IOException {
    return ref + " " + Manifest.display(manifest().path(node.index()));
  }

  @Override
  public OpenFile open() throws IOException {
    return reader.open(node.index(), AfterRead.DROP);
  }
}
