package io.snapfs.format.manifest;

/** What a part of an artifact is. */
public enum PartType {
  OTHER(0, "other"),
  CRIU_IMAGES(1, "criu"),
  WEIGHTS(2, "weights"),
  ROOTFS_DIFF(3, "rootfs-diff");

  private final int number;
  private final String label;

  PartType(int number, String label) {
    this.number = number;
    this.label = label;
  }

  int number() {
    return number;
  }

  /** The word for it in listings and JSON. */
  public String label() {
    return label;
  }

  /** A type that a newer version added is shown as {@link #OTHER}: its files read the same. */
  static PartType of(int number) {
    for (PartType type : values()) {
      if (type.number == number) {
        return type;
      }
    }
    return OTHER;
  }
}
