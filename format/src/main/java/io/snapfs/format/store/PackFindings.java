package io.snapfs.format.store;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** What a verification learnt about one pack. Safe for use by many threads. */
final class PackFindings {
  private final long length;
  private final Damages.Entry unusable;
  private final Map<Long, Damages.Entry> damagedChunks = new HashMap<>();
  private PackEntries entries;

  /** A pack that can be opened. */
  PackFindings(long length) {
    this(length, null);
  }

  private PackFindings(long length, Damages.Entry unusable) {
    this.length = length;
    this.unusable = unusable;
  }

  /** A pack that is lost or can't be opened: whatever is in it is out of reach. */
  static PackFindings unusable(Damages.Entry damage) {
    return new PackFindings(-1, damage);
  }

  /** Why nothing in it can be read, or null. */
  Damages.Entry unusable() {
    return unusable;
  }

  /** Length of the file, bytes. */
  long length() {
    return length;
  }

  /** What the index says, or null if that is damaged. */
  synchronized PackEntries entries() {
    return entries;
  }

  synchronized void setEntries(PackEntries read) {
    entries = read;
  }

  /** Notes that the chunk at an offset is damaged, once. */
  synchronized void damaged(long offset, Supplier<Damages.Entry> report) {
    if (!damagedChunks.containsKey(offset)) {
      damagedChunks.put(offset, report.get());
    }
  }

  /** What is wrong with the chunk at an offset, or null. */
  synchronized Damages.Entry damage(long offset) {
    return damagedChunks.get(offset);
  }
}
