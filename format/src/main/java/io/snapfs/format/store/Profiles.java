package io.snapfs.format.store;

import io.snapfs.format.MissingException;
import io.snapfs.format.blob.BlobReader;
import io.snapfs.format.blob.BlobWriter;
import io.snapfs.format.blob.SweepLock;
import io.snapfs.format.blob.WriteSession;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.profile.Profile;
import java.io.IOException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The profiles of a store, at most one for each content. Stateless.
 *
 * <p>Who reads an artifact goes on without its profile if that can't be read, whatever is thrown
 * here.
 */
public final class Profiles {
  private Profiles() {}

  /**
   * The profile of an artifact; null if it has none.
   *
   * @throws io.snapfs.format.CorruptException if it is damaged
   * @throws io.snapfs.format.TooNewException if this build can't read it
   */
  public static Profile find(Store store, Manifest manifest) throws IOException {
    byte[] contentId = manifest.contentId();
    try (BlobReader blob = store.blobs().open(Profile.key(contentId))) {
      return Profile.read(blob, contentId, manifest.chunkCount());
    } catch (MissingException e) {
      return null;
    }
  }

  /** How many chunks the profile of an artifact has, if it has one; reads only its header. */
  public static OptionalInt size(Store store, Manifest manifest) throws IOException {
    byte[] contentId = manifest.contentId();
    try (BlobReader blob = store.blobs().open(Profile.key(contentId))) {
      return OptionalInt.of(Profile.readSize(blob, contentId));
    } catch (MissingException e) {
      return OptionalInt.empty();
    }
  }

  /** Stores a profile, in place of the one that its content had. */
  @SuppressWarnings("try") // the lock is held, not used
  public static void put(Store store, Profile profile) throws IOException {
    try (WriteSession session = store.blobs().beginWrite();
        BlobWriter blob = session.create(Profile.key(profile.contentId()))) {
      blob.write(profile.encode());
      try (SweepLock sweep = store.blobs().lockForSweep()) {
        blob.publish(BlobWriter.IfExists.REPLACE);
      }
    }
  }

  /**
   * Removes the profile of an artifact, damaged or not.
   *
   * @return false if it had none
   */
  public static boolean remove(Store store, Manifest manifest) throws IOException {
    try (SweepLock sweep = store.blobs().lockForSweep()) {
      return sweep.delete(Profile.key(manifest.contentId()));
    }
  }

  /** Lengths of the blobs of all profiles, by content id in hex. */
  static Map<String, Long> lengths(Store store) throws IOException {
    Map<String, Long> lengths = new HashMap<>();
    store
        .blobs()
        .list(
            Profile.PREFIX,
            info -> {
              byte[] contentId = Profile.contentIdOf(info.key());
              if (contentId != null) {
                lengths.put(HexFormat.of().formatHex(contentId), info.length());
              }
            });
    return lengths;
  }
}
