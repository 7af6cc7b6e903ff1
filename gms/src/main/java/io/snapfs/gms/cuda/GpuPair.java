package io.snapfs.gms.cuda;

/**
 * Which device takes the place of another at a restore; of the same type.
 *
 * @param from the device at the checkpoint
 * @param to the device at the restore, which may be the same
 */
public record GpuPair(GpuUuid from, GpuUuid to) {
  @Override
  public String toString() {
    return from + "=" + to;
  }
}
