package io.snapfs.format.store;

import java.util.List;

/**
 * What a gc did, or would do.
 *
 * @param dryRun whether nothing was changed
 * @param packsDeleted packs that nothing referred to
 * @param packsRewritten packs whose live chunks went to new packs
 * @param profilesDeleted profiles of which no artifact has the content
 * @param bytesFreed lengths of the deleted packs and profiles, and of the rewritten ones what was
 *     dead in them
 * @param temporaryBytesCleaned what writers that died had left
 * @param leftAlone for people: what could not be cleaned up or rewritten, and why; nothing is lost
 */
public record GcReport(
    boolean dryRun,
    int packsDeleted,
    int packsRewritten,
    int profilesDeleted,
    long bytesFreed,
    long temporaryBytesCleaned,
    List<String> leftAlone) {

  /** Takes a copy of the list. */
  public GcReport {
    leftAlone = List.copyOf(leftAlone);
  }
}
