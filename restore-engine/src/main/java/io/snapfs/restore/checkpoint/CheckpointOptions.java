package io.snapfs.restore.checkpoint;

import io.snapfs.format.Progress;
import io.snapfs.format.codec.CodecPolicy;
import io.snapfs.restore.device.DeviceSteps;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How to checkpoint.
 *
 * @param leaveRunning the worker goes on when it is in the store; otherwise it is killed then
 * @param controlFolder where the worker says that it is ready; null if it need not be asked
 * @param readyWithin how long to wait for that
 * @param imagesFolder where CRIU's images go meanwhile; null to choose
 * @param codec how the dump is compressed
 * @param criu the CRIU to use; null to find one
 * @param criuOptions more options for {@code criu dump}
 * @param device what to do with devices
 * @param snapfsVersion for the artifact's provenance
 */
public record CheckpointOptions(
    boolean leaveRunning,
    Path controlFolder,
    Duration readyWithin,
    Path imagesFolder,
    CodecPolicy codec,
    Path criu,
    List<String> criuOptions,
    DeviceSteps device,
    String snapfsVersion,
    Progress progress) {}
