package io.snapfs.format.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.Progress;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What {@link CrashChild}ren said that they did, to be compared with what a store has. */
final class Journal {
  private final Map<ArtifactRef, Long> published = new HashMap<>();
  private final Set<ArtifactRef> removing = new HashSet<>();
  private final Set<ArtifactRef> removed = new HashSet<>();
  private int collections;

  void add(List<String> lines) {
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "published" -> published.put(ArtifactRef.parse(words[1]), Long.valueOf(words[2]));
        case "removing" -> removing.add(ArtifactRef.parse(words[1]));
        case "removed" -> removed.add(ArtifactRef.parse(words[1]));
        case "collected" -> collections++;
        case "ready", "stopped" -> {}
        default -> throw new AssertionError("a child failed:\n" + String.join("\n", lines));
      }
    }
  }

  int publications() {
    return published.size();
  }

  int collections() {
    return collections;
  }

  /** Fails if something that was published is missing, differs, or the store is not sound. */
  void check(Store store) throws IOException {
    Set<ArtifactRef> visible = Set.copyOf(store.artifacts());
    for (ArtifactRef ref : published.keySet()) {
      if (!removing.contains(ref)) {
        assertTrue(visible.contains(ref), ref + " is lost");
      }
      if (visible.contains(ref)) {
        SmallArtifact.of(published.get(ref)).check(store, ref);
      }
    }
    for (ArtifactRef ref : removed) {
      assertFalse(visible.contains(ref), ref + " is back");
    }
    VerifyReport report = Verify.run(store, null, false, Progress.NONE);
    assertTrue(report.isClean(), report.toString());
  }
}
