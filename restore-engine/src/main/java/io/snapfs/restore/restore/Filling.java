package io.snapfs.restore.restore;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.profile.Profile;
import io.snapfs.format.profile.Recorder;
import io.snapfs.format.profile.RecordingFile;
import io.snapfs.format.store.Profiles;
import io.snapfs.format.store.Store;
import io.snapfs.restore.pages.PageServerOptions;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;

/**
 * How memory is filled, whatever the artifact.
 *
 * @param jobs threads that fill, at least one
 * @param cacheBytes what the chunk cache holds
 * @param profile a recording whose order is taken; null for that of the store's profile, if it has
 *     one
 * @param recorder records the order of faults; null if nothing is recorded
 */
public record Filling(int jobs, long cacheBytes, Path profile, Recorder recorder) {
  private static final Logger LOG = System.getLogger(Filling.class.getName());

  /** One job for each processor, the order of the store's profile, nothing recorded. */
  public static Filling defaults(long cacheBytes) {
    return new Filling(Runtime.getRuntime().availableProcessors(), cacheBytes, null, null);
  }

  /**
   * The options of a page server for an artifact.
   *
   * @throws SnapfsException if the recording can't be read, or is of another artifact
   */
  public PageServerOptions options(Store store, ArtifactRef artifact, Manifest manifest)
      throws IOException {
    PageServerOptions options = PageServerOptions.defaults(cacheBytes).withJobs(jobs);
    if (recorder != null) {
      options =
          options.withRecorder(
              recorder.of(artifact, manifest.contentId(), manifest.chunkCount())::touched);
    }
    Profile order = order(store, artifact, manifest);
    return order == null ? options : options.withProfile(order);
  }

  private Profile order(Store store, ArtifactRef artifact, Manifest manifest) throws IOException {
    if (profile != null) {
      return RecordingFile.find(
          RecordingFile.read(profile), profile, artifact, manifest.contentId());
    }
    try {
      return Profiles.find(store, manifest);
    } catch (SnapfsException e) {
      LOG.log(Level.WARNING, "the order of the images is used: {0}", e.getMessage());
      return null;
    }
  }
}
