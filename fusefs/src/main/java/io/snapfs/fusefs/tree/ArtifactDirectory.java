package io.snapfs.fusefs.tree;

import io.snapfs.format.manifest.DirectoryEntry;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.fusefs.view.DirectoryHandle;
import io.snapfs.fusefs.view.ErrnoException;
import java.io.IOException;

/**
 * An open directory of an artifact. Cookie 1 is behind {@code .}, 2 behind {@code ..}, and so on in
 * the manifest's order.
 */
final class ArtifactDirectory implements DirectoryHandle {
  private final Artifact artifact;
  private final Manifest manifest;
  private final Node directory;
  private final long parentIno;
  private final boolean holdsPacks;
  private final FailureLog failures;

  /**
   * Opened.
   *
   * @param parentIno what {@code ..} is
   * @param holdsPacks whether the artifact is to be released on close
   */
  ArtifactDirectory(
      Artifact artifact, Node directory, long parentIno, boolean holdsPacks, FailureLog failures) {
    this.artifact = artifact;
    this.manifest = artifact.manifest();
    this.directory = directory;
    this.parentIno = parentIno;
    this.holdsPacks = holdsPacks;
    this.failures = failures;
  }

  @Override
  public void read(long cookie, EntrySink sink) throws ErrnoException {
    long next = Dots.read(cookie, ino(directory.index()), parentIno, sink);
    if (next < Dots.COUNT) {
      return;
    }
    try {
      for (long i = next - Dots.COUNT; i < directory.count(); i++) {
        DirectoryEntry entry = manifest.entry(directory, directory.first() + i);
        if (!sink.accept(entry.name(), ino(entry.node()), entry.type(), i + Dots.COUNT + 1)) {
          return;
        }
      }
    } catch (IOException e) {
      throw failures.eio(e);
    }
  }

  private long ino(int node) {
    return InodeNumbers.of(artifact.generation(), node);
  }

  @Override
  public void close() {
    if (holdsPacks) {
      artifact.release();
    }
  }
}
