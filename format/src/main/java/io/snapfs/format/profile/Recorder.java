package io.snapfs.format.profile;

import io.snapfs.format.ArtifactRef;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Records what is touched of all artifacts that a process serves. An artifact that is opened again
 * goes on with its record. Safe for use by many threads.
 */
public final class Recorder {
  private record Recorded(ArtifactRef ref, TouchRecorder touches) {}

  private final Map<String, Recorded> byContent = new LinkedHashMap<>();

  /**
   * The record of an artifact. Artifacts of equal content have one between them, under the name
   * that was opened first.
   *
   * @param contentId names the content
   * @param artifactChunks how many chunks the artifact has
   */
  public synchronized TouchRecorder of(ArtifactRef ref, byte[] contentId, int artifactChunks) {
    return byContent
        .computeIfAbsent(
            HexFormat.of().formatHex(contentId),
            hex -> new Recorded(ref, new TouchRecorder(contentId, artifactChunks)))
        .touches();
  }

  /** What was recorded so far, without artifacts of which nothing was touched. */
  public synchronized List<Recording> recordings() {
    List<Recording> recordings = new ArrayList<>();
    for (Recorded each : byContent.values()) {
      Profile profile = each.touches().profile();
      if (profile.size() > 0) {
        recordings.add(new Recording(each.ref(), profile));
      }
    }
    return recordings;
  }
}
