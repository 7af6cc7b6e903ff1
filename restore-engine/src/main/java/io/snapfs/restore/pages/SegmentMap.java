package io.snapfs.restore.pages;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The segments of a process by address; none overlaps another. Not safe for use by many threads.
 */
final class SegmentMap {
  private final TreeMap<Long, Segment> segments = new TreeMap<>();

  void add(Segment segment) {
    segments.put(segment.address(), segment);
  }

  void remove(Segment segment) {
    segments.remove(segment.address(), segment);
  }

  /** The segment that holds an address, or null. */
  Segment find(long address) {
    Map.Entry<Long, Segment> entry = segments.floorEntry(address);
    return entry == null || entry.getValue().end() <= address ? null : entry.getValue();
  }

  /** The segments that have a byte in a range, by address. */
  List<Segment> in(long from, long to) {
    List<Segment> found = new ArrayList<>();
    Segment first = find(from);
    if (first != null) {
      found.add(first);
    }
    for (Segment segment : segments.tailMap(from, first == null).values()) {
      if (segment.address() >= to) {
        break;
      }
      if (segment != first) {
        found.add(segment);
      }
    }
    return found;
  }

  /** The pending ones among the next so many behind an address. */
  List<Segment> pendingBehind(long address, int most) {
    List<Segment> found = new ArrayList<>();
    int seen = 0;
    for (Segment segment : segments.tailMap(address, false).values()) {
      if (seen++ == most) {
        break;
      }
      if (segment.isPending()) {
        found.add(segment);
      }
    }
    return found;
  }

  /** The pending ones that begin in a range, by address. */
  List<Segment> pendingIn(long from, long to) {
    return segments.subMap(from, to).values().stream().filter(Segment::isPending).toList();
  }

  /** All of them, by address. */
  List<Segment> all() {
    return List.copyOf(segments.values());
  }
}
