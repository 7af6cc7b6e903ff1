package io.snapfs.fusefs.tree;

import io.snapfs.format.ArtifactRef;
import io.snapfs.fusefs.view.FileSystemView;
import io.snapfs.fusefs.view.RemovalListener;
import io.snapfs.linux.Names;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Whom to tell about artifacts that are gone. Safe for use by many threads. */
final class Removals {
  private final List<RemovalListener> listeners = new CopyOnWriteArrayList<>();

  void add(RemovalListener listener) {
    listeners.add(listener);
  }

  void remove(RemovalListener listener) {
    listeners.remove(listener);
  }

  /**
   * Tells of artifacts.
   *
   * @param gone what is no longer listed
   * @param listing what there is now
   */
  void tell(List<ArtifactRef> gone, Listing listing) {
    for (ArtifactRef ref : gone) {
      Listing.Name name = listing.names().get(ref.name());
      for (RemovalListener listener : listeners) {
        if (name == null) {
          listener.removed(FileSystemView.ROOT, Names.of(ref.name()));
        } else {
          listener.removed(name.ino(), Names.of(ref.tag()));
        }
      }
    }
  }
}
