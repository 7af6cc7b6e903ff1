package io.snapfs.gms.cuda;

/**
 * Which device takes the place of another at a restore; of the same type.
 *
 * @param from the device at the checkpoint
 * @param to the device at the restore, which may be the same
 */
public record GpuPair(GpuUuid from, GpuUuid to) {
  /** How a pair is written. */
  public static final String EXAMPLE =
      "GPU-6bd4e1a0-7a1f-8f32-1c6a-1f2e3d4c5b6a=GPU-0f9e8d7c-6b5a-4433-2211-00ffeeddccbb";

  /**
   * From {@code OLD=NEW}.
   *
   * @throws IllegalArgumentException if it isn't a pair, with a message for the user
   */
  public static GpuPair parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 0) {
      throw new IllegalArgumentException("'" + text + "' is no pair of devices, OLD=NEW");
    }
    return new GpuPair(
        GpuUuid.parse(text.substring(0, equals)), GpuUuid.parse(text.substring(equals + 1)));
  }

  @Override
  public String toString() {
    return from + "=" + to;
  }
}
