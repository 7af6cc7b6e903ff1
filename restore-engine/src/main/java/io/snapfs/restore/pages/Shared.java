package io.snapfs.restore.pages;

import io.snapfs.format.read.ArtifactReader;
import java.util.function.IntPredicate;
import java.util.function.IntSupplier;

/**
 * What all threads of a page server use.
 *
 * @param tally what belongs to no restore
 * @param keep whether a chunk that is used stays in the cache for another restore, whose memory
 *     isn't planned yet
 * @param restores how many go on at the moment
 */
record Shared(
    ArtifactReader reader,
    FillPlan plan,
    FillQueue queue,
    PageWriter writer,
    Damage damage,
    PageServerOptions options,
    Tally tally,
    IntPredicate keep,
    IntSupplier restores) {}
