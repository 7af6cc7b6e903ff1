package io.snapfs.format.profile;

import io.snapfs.format.ArtifactRef;

/**
 * What was touched of one artifact.
 *
 * @param ref its name when that was recorded; what the name means may have changed since, the
 *     profile's content id tells
 */
public record Recording(ArtifactRef ref, Profile profile) {}
