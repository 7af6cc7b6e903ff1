package io.snapfs.gms.load;

import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import io.snapfs.gms.weights.WeightsLayout;
import io.snapfs.gms.weights.WeightsLayout.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is to be read, in the order of the packs, and where it goes. A chunk that goes to several
 * places, or to several devices, is read and decoded once.
 */
final class LoadPlan {
  /** Stored bytes of one request, unless a single chunk is longer: fits a processor's own cache. */
  private static final int GROUP = 1 << 20;

  /** A gap up to this long between two chunks is read and thrown away. */
  private static final int GAP = 32 << 10;

  private final List<Run> runs;
  private final List<Place> holes;
  private final long placedBytes;
  private final int chunks;

  private LoadPlan(List<Run> runs, List<Place> holes, long placedBytes, int chunks) {
    this.runs = runs;
    this.holes = holes;
    this.placedBytes = placedBytes;
    this.chunks = chunks;
  }

  /**
   * Plans.
   *
   * @param slotBytes plain bytes of a run
   */
  static LoadPlan of(Manifest manifest, List<WeightsLayout> devices, int slotBytes)
      throws IOException {
    Map<Integer, PlannedChunk> chunks = new HashMap<>();
    List<Place> holes = new ArrayList<>();
    long placed = 0;
    for (int device = 0; device < devices.size(); device++) {
      for (Segment segment : devices.get(device).segments()) {
        place(manifest, device, segment, chunks, holes);
        placed += segment.length();
      }
    }
    List<PlannedChunk> sorted = new ArrayList<>(chunks.values());
    sorted.sort(
        Comparator.<PlannedChunk>comparingInt(chunk -> chunk.pack)
            .thenComparingLong(chunk -> chunk.offset));
    List<Run> runs = runs(groups(sorted, slotBytes), slotBytes);
    return new LoadPlan(runs, holes, placed, sorted.size());
  }

  private static void place(
      Manifest manifest,
      int device,
      Segment segment,
      Map<Integer, PlannedChunk> chunks,
      List<Place> holes)
      throws IOException {
    Node file = manifest.node(segment.node());
    long position = segment.fileOffset();
    long end = position + segment.length();
    long extent = manifest.findExtent(file, position);
    while (position < end) {
      long start = manifest.extentStart(extent);
      long here = Math.min(end, manifest.extentEnd(file, extent)) - position;
      long slabOffset = segment.slabOffset() + (position - segment.fileOffset());
      int chunk = manifest.extentChunk(extent);
      if (chunk < 0) {
        addHole(holes, device, segment.slab(), slabOffset, here);
      } else {
        int from = (int) (position - start);
        planned(manifest, chunk, chunks)
            .places
            .add(new Place(device, segment.slab(), slabOffset, from, (int) here));
      }
      position += here;
      extent++;
    }
  }

  /** A hole may be longer than a place can say. */
  private static void addHole(
      List<Place> holes, int device, int slab, long slabOffset, long length) {
    long done = 0;
    while (done < length) {
      int here = (int) Math.min(length - done, 1 << 30);
      holes.add(new Place(device, slab, slabOffset + done, 0, here));
      done += here;
    }
  }

  private static PlannedChunk planned(
      Manifest manifest, int chunk, Map<Integer, PlannedChunk> chunks) throws IOException {
    PlannedChunk found = chunks.get(chunk);
    if (found == null) {
      found =
          new PlannedChunk(
              manifest.chunkPack(chunk),
              manifest.chunkOffset(chunk),
              manifest.chunkStoredLength(chunk),
              manifest.chunkPlainLength(chunk),
              manifest.chunkCodec(chunk),
              manifest.chunkCrc32c(chunk));
      chunks.put(chunk, found);
    }
    return found;
  }

  private static List<Group> groups(List<PlannedChunk> sorted, int slotBytes) {
    List<Group> groups = new ArrayList<>();
    List<PlannedChunk> current = new ArrayList<>();
    long plain = 0;
    for (PlannedChunk chunk : sorted) {
      if (!current.isEmpty() && !joins(current, plain, chunk, slotBytes)) {
        groups.add(new Group(List.copyOf(current), current.get(0).isRaw()));
        current.clear();
        plain = 0;
      }
      current.add(chunk);
      plain += chunk.plainLength;
    }
    if (!current.isEmpty()) {
      groups.add(new Group(List.copyOf(current), current.get(0).isRaw()));
    }
    return groups;
  }

  private static boolean joins(
      List<PlannedChunk> group, long plain, PlannedChunk chunk, int slotBytes) {
    PlannedChunk first = group.get(0);
    long gap = chunk.offset - group.get(group.size() - 1).end();
    return chunk.pack == first.pack
        && chunk.isRaw() == first.isRaw()
        && gap >= 0
        && gap <= (first.isRaw() ? 0 : GAP)
        && chunk.end() - first.offset <= GROUP
        && plain + chunk.plainLength <= slotBytes;
  }

  private static List<Run> runs(List<Group> groups, int slotBytes) {
    List<Run> runs = new ArrayList<>();
    List<Group> current = new ArrayList<>();
    long used = 0;
    for (Group group : groups) {
      long plain = 0;
      for (PlannedChunk chunk : group.chunks()) {
        plain += chunk.plainLength;
      }
      if (used + plain > slotBytes) {
        runs.add(new Run(List.copyOf(current)));
        current.clear();
        used = 0;
      }
      current.add(group);
      used += plain;
    }
    if (!current.isEmpty()) {
      runs.add(new Run(List.copyOf(current)));
    }
    return runs;
  }

  List<Run> runs() {
    return runs;
  }

  /** What is zero: {@link Place#from} means nothing. */
  List<Place> holes() {
    return holes;
  }

  /** How many slots zeros need, beside those of the runs. */
  int zeroRuns() {
    return holes.isEmpty() ? 0 : 1;
  }

  /** How many chunks are read. */
  int chunks() {
    return chunks;
  }

  /** Bytes that go to devices, holes included. */
  long placedBytes() {
    return placedBytes;
  }
}
