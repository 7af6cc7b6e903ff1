package io.snapfs.restore.pages;

import java.util.concurrent.atomic.LongAdder;

/** What a page server has done so far, in all or for one restore. Safe for use by many threads. */
final class Tally {
  final LongAdder processes = new LongAdder();
  final LongAdder faults = new LongAdder();
  final LongAdder unknownFaults = new LongAdder();
  final LongAdder faultBytes = new LongAdder();
  final LongAdder backgroundBytes = new LongAdder();
  final LongAdder zeroBytes = new LongAdder();
  final LongAdder poisonedBytes = new LongAdder();
  final LongAdder chunks = new LongAdder();
  final LongAdder damagedChunks = new LongAdder();
  final LongAdder forks = new LongAdder();
  final LongAdder remaps = new LongAdder();
  final LongAdder removals = new LongAdder();
  final LongAdder unmaps = new LongAdder();
  final LongAdder killed = new LongAdder();
  final LatencyHistogram latency = new LatencyHistogram();

  /** Adds what is here to another one. */
  void addTo(Tally sum) {
    sum.processes.add(processes.sum());
    sum.faults.add(faults.sum());
    sum.unknownFaults.add(unknownFaults.sum());
    sum.faultBytes.add(faultBytes.sum());
    sum.backgroundBytes.add(backgroundBytes.sum());
    sum.zeroBytes.add(zeroBytes.sum());
    sum.poisonedBytes.add(poisonedBytes.sum());
    sum.chunks.add(chunks.sum());
    sum.damagedChunks.add(damagedChunks.sum());
    sum.forks.add(forks.sum());
    sum.remaps.add(remaps.sum());
    sum.removals.add(removals.sum());
    sum.unmaps.add(unmaps.sum());
    sum.killed.add(killed.sum());
    latency.addTo(sum.latency);
  }

  /**
   * All of it.
   *
   * @param nanos that it took
   * @param storedBytes read from the store
   */
  PageServerReport report(long nanos, long storedBytes) {
    return new PageServerReport(
        processes.sum(),
        faultBytes.sum(),
        backgroundBytes.sum(),
        zeroBytes.sum(),
        poisonedBytes.sum(),
        chunks.sum(),
        damagedChunks.sum(),
        faults.sum(),
        unknownFaults.sum(),
        latency.percentile(50),
        latency.percentile(99),
        latency.most(),
        forks.sum(),
        remaps.sum(),
        removals.sum(),
        unmaps.sum(),
        killed.sum(),
        storedBytes,
        nanos);
  }
}
