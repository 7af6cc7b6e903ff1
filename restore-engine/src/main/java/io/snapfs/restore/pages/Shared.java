package io.snapfs.restore.pages;

import io.snapfs.format.read.ArtifactReader;

/** What all threads of a page server use. */
record Shared(
    ArtifactReader reader,
    FillPlan plan,
    FillQueue queue,
    PageWriter writer,
    Damage damage,
    PageServerOptions options,
    Tally tally) {}
