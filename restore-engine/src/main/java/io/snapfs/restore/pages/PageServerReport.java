package io.snapfs.restore.pages;

/**
 * What a {@link PageServer} has done.
 *
 * @param processes whose memory it filled, forked ones included
 * @param faultBytes put there because somebody waited for a page nearby
 * @param backgroundBytes put there ahead of need
 * @param zeroBytes of holes, put there without data
 * @param poisonedBytes that can't be read any more, since their chunks are damaged
 * @param chunks that were copied from, each counted as often as it was looked up
 * @param damagedChunks that could not be read
 * @param faults answered
 * @param unknownFaults those of them at pages that the dump has not got: they became zeros
 * @param medianFaultNanos from reading of a fault to its answer; 0 without faults
 * @param p99FaultNanos the same, 99 of 100 were faster
 * @param longestFaultNanos the same, the slowest
 * @param forks of processes that were not filled yet
 * @param remaps of memory that was moved
 * @param removals of memory that was thrown away
 * @param unmaps of memory that was unmapped
 * @param killed processes that had to be killed
 * @param storedBytes that were read from the store for the artifact meanwhile, whoever needed them
 * @param nanos since the page server was opened, until it had nothing left to do
 */
public record PageServerReport(
    long processes,
    long faultBytes,
    long backgroundBytes,
    long zeroBytes,
    long poisonedBytes,
    long chunks,
    long damagedChunks,
    long faults,
    long unknownFaults,
    long medianFaultNanos,
    long p99FaultNanos,
    long longestFaultNanos,
    long forks,
    long remaps,
    long removals,
    long unmaps,
    long killed,
    long storedBytes,
    long nanos) {}
