package io.snapfs.format.write;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.manifest.Summary;

/**
 * What a pack run did.
 *
 * @param summary sizes, as they stand in the manifest
 * @param chunks distinct chunks of the artifact
 * @param newChunks those of them that this run stored
 * @param healedChunks those of them that the store had, but damaged, and that were stored anew
 * @param contentId hex
 */
public record PackResult(
    ArtifactRef ref,
    Summary summary,
    int chunks,
    int newChunks,
    int healedChunks,
    String contentId) {}
