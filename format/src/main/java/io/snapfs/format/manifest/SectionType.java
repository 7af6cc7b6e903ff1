package io.snapfs.format.manifest;

/** The sections of a manifest, FORMAT.md 4.1, in the order in which they are stored. */
enum SectionType {
  NODES(1, 96, true),
  DIRENTS(2, 16, true),
  BYTES(3, 1, true),
  XATTRS(4, 16, true),
  EXTENTS(5, 16, true),
  CHUNK_IDS(6, 32, true),
  CHUNK_LOCATIONS(7, 32, false),
  PACKS(8, 32, false),
  PARTS(9, 32, true),
  PROPERTIES(10, 24, false),
  SUMMARY(11, 128, false),
  PROPERTY_BYTES(12, 1, false);

  private static final SectionType[] BY_NUMBER = new SectionType[values().length + 1];

  static {
    for (SectionType type : values()) {
      BY_NUMBER[type.number] = type;
    }
  }

  private final int number;
  private final int entrySize;
  private final boolean inContentId;

  SectionType(int number, int entrySize, boolean inContentId) {
    this.number = number;
    this.entrySize = entrySize;
    this.inContentId = inContentId;
  }

  /** Number in the section directory. */
  int number() {
    return number;
  }

  /** Bytes of a record. */
  int entrySize() {
    return entrySize;
  }

  /** True if the section is part of what the artifact is (FORMAT.md 4.2). */
  boolean inContentId() {
    return inContentId;
  }

  /** The type of that number, or null if this version doesn't know it. */
  static SectionType of(int number) {
    return number > 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
  }
}
