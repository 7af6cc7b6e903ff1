package io.snapfs.format;

/**
 * The bounds of FORMAT.md section 6. Whatever comes from disk is checked against them before it is
 * used.
 */
public final class Limits {
  /** Granularity of holes and of content-defined cut points, bytes. */
  public static final int PAGE = 4096;

  /** Longest plain chunk, bytes. */
  public static final int MAX_CHUNK = 4 << 20;

  /** Writers close a pack that has grown to this many bytes. */
  public static final long PACK_TARGET = 256L << 20;

  /** Longest pack file, bytes. */
  public static final long MAX_PACK = 4L << 30;

  public static final int MAX_PACK_ENTRIES = 4 << 20;

  /** Longest manifest, bytes (exclusive): it is mapped as one buffer. */
  public static final long MAX_MANIFEST = (1L << 31) - 1;

  /** Chunks of one artifact: what fits into a manifest, at 64 bytes each. */
  public static final int MAX_CHUNKS = (int) (MAX_MANIFEST / 64);

  public static final int MAX_NAME = 255;
  public static final int MAX_XATTR_NAME = 255;
  public static final int MAX_XATTR_VALUE = 65536;
  public static final int MAX_SYMLINK = 4095;
  public static final int MAX_DEPTH = 4096;
  public static final int MAX_PROPERTIES = 4096;
  public static final int MAX_PROPERTY_KEY = 256;
  public static final int MAX_PROPERTY_VALUE = 65536;

  /** Bytes of all keys and values of an artifact's properties together. */
  public static final int MAX_PROPERTY_TOTAL = 1 << 20;

  /** Extended attributes of one node. */
  public static final int MAX_XATTRS = 4096;

  /** Bytes of all values of one node's extended attributes together. */
  public static final int MAX_XATTR_TOTAL = 4 << 20;

  public static final int MAX_PARTS = 4096;
  public static final int MAX_PART_NAME = 4095;

  /** Packs that one manifest refers to. */
  public static final int MAX_PACKS = 1 << 20;

  /** Sections of a manifest, also of types that this version doesn't know. */
  public static final int MAX_SECTIONS = 256;

  private Limits() {}
}
