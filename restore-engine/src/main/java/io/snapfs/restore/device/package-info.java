/**
 * What a checkpoint and a restore do with devices that CRIU knows nothing of: {@link
 * io.snapfs.restore.device.DeviceSteps} is the place where they plug in.
 */
package io.snapfs.restore.device;
