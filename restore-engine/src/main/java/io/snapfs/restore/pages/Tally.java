package io.snapfs.restore.pages;

import java.util.concurrent.atomic.LongAdder;

/** What a page server has done so far. Safe for use by many threads. */
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

  PageServerReport report(long nanos) {
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
        nanos);
  }
}
