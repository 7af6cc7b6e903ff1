package io.snapfs.gms.load;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The plans that were used last, by their keys, so that an artifact is looked through once. Bounded
 * by the number of chunks, of which each takes about 150 bytes of the heap. Safe for use by many
 * threads.
 */
final class PreparedPlans {
  private static final int MOST_CHUNKS = 300_000;

  private final Map<String, Prepared> plans = new LinkedHashMap<>(16, 0.75f, true);
  private int chunks;

  /** Null if it isn't there. */
  synchronized Prepared get(String key) {
    return plans.get(key);
  }

  synchronized void put(String key, Prepared prepared) {
    if (plans.putIfAbsent(key, prepared) != null) {
      return;
    }
    chunks += prepared.plan().chunks();
    Iterator<Prepared> oldest = plans.values().iterator();
    while (chunks > MOST_CHUNKS && oldest.hasNext()) {
      chunks -= oldest.next().plan().chunks();
      oldest.remove();
    }
  }
}
