package io.snapfs.restore.checkpoint;

import io.snapfs.format.write.PackResult;
import io.snapfs.restore.driver.CriuVersion;
import java.util.List;

/**
 * What a checkpoint did.
 *
 * @param pids the processes that were dumped, the root first
 * @param memoryBytes how much of their memory was expected in the dump
 * @param stoppedNanos how long they did not run; until their end, if they were killed
 */
public record CheckpointResult(
    PackResult pack, List<Integer> pids, CriuVersion criu, long memoryBytes, long stoppedNanos) {}
