package io.snapfs.format.manifest;

import java.io.IOException;
import java.util.BitSet;

/**
 * Checks the extents of files: each file's tile it, no two files share one, and chunks are numbered
 * in the order in which the extents table first uses them.
 */
final class FileCheck {
  private final Manifest manifest;
  private final BitSet claimed = new BitSet();
  private long holeBytes;

  FileCheck(Manifest manifest) {
    this.manifest = manifest;
  }

  void check(Node file) throws IOException {
    long end = file.first() + file.count();
    for (long extent = file.first(); extent < end; extent++) {
      if (claimed.get((int) extent)) {
        throw manifest
            .nodes()
            .wrongContent(file, "extent " + extent + " belongs to another file too");
      }
      claimed.set((int) extent);
      // Checks the extent by itself: begins at 0 or where the one before ends, ends inside the
      // file.
      long stop = manifest.extentEnd(file, extent);
      if (manifest.extentChunk(extent) == ExtentTable.HOLE) {
        holeBytes += stop - manifest.extentStart(extent);
      }
    }
  }

  /** Checks the order of chunks, over the whole table. */
  void checkOrder() throws IOException {
    int firstUnused = 0;
    ExtentTable extents = manifest.extents();
    for (long extent = 0; extent < extents.count(); extent++) {
      int chunk = extents.chunk(extent);
      if (chunk > firstUnused) {
        throw extents.wrongChunk(extent, "chunk " + chunk + " is used before chunk " + firstUnused);
      }
      if (chunk == firstUnused) {
        firstUnused++;
      }
    }
  }

  long holeBytes() {
    return holeBytes;
  }
}
