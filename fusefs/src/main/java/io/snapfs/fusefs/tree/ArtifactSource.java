package io.snapfs.fusefs.tree;

import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.format.node.FileSource;
import io.snapfs.format.read.OpenFile;
import java.io.IOException;

/**
 * A file of an artifact, for materialising it. Holds the artifact's packs only while it is read.
 */
record ArtifactSource(Artifact artifact, Manifest manifest, Node node) implements FileSource {
  @Override
  public String label() throws IOException {
    return artifact.ref() + " " + Manifest.display(manifest.path(node.index()));
  }

  @Override
  public OpenFile open() throws IOException {
    OpenFile file = artifact.open(node.index());
    artifact.release(); // the open file holds the packs
    return file;
  }
}
