package io.snapfs.gms.load;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Where the time goes. Safe for use by many threads. */
final class Phases {
  private final Map<Phase, LongAdder> nanos = new EnumMap<>(Phase.class);

  Phases() {
    for (Phase phase : Phase.values()) {
      nanos.put(phase, new LongAdder());
    }
  }

  /** Adds the time since {@code start}, by {@link System#nanoTime}; returns now. */
  long add(Phase phase, long start) {
    long now = System.nanoTime();
    nanos.get(phase).add(now - start);
    return now;
  }

  /** Adds a time that was measured elsewhere. */
  void addNanos(Phase phase, long took) {
    nanos.get(phase).add(took);
  }

  Map<Phase, Long> nanos() {
    Map<Phase, Long> result = new EnumMap<>(Phase.class);
    nanos.forEach((phase, sum) -> result.put(phase, sum.sum()));
    return result;
  }
}
