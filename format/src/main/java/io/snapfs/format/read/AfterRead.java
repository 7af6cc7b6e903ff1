package io.snapfs.format.read;

/** What becomes of a decoded chunk that a forward reader has read to its end. */
public enum AfterRead {
  /** It stays in the cache: others may want it. */
  KEEP,
  /**
   * It is dropped: what was read is kept elsewhere, as by the kernel's page cache above a mount.
   * The next chunk is then decoded into memory that is still in the processor's cache, instead of
   * memory that the kernel has to find and clear first.
   */
  DROP
}
