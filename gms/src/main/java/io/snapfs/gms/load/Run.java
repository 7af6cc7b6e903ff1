package io.snapfs.gms.load;

import java.util.List;

/** What fills one slot: groups of chunks, whose plain bytes lie side by side there. */
record Run(List<Group> groups) {
  /** Bytes that go to devices. */
  long placedBytes() {
    long sum = 0;
    for (Group group : groups) {
      for (PlannedChunk chunk : group.chunks()) {
        for (Place place : chunk.places) {
          sum += place.length();
        }
      }
    }
    return sum;
  }
}
