package io.snapfs.fusefs.tree;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.blob.BlobInfo;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The artifacts of a store at one moment. Immutable.
 *
 * @param names by name
 * @param nameOfIno names by the inode number of their directory
 * @param modifiedMillis when the latest of its artifacts was published
 * @param begunNanos when the store was asked, by the system's timer
 */
record Listing(
    SortedMap<String, Name> names,
    Map<Long, String> nameOfIno,
    long modifiedMillis,
    long begunNanos) {
  /**
   * The artifacts of one name.
   *
   * @param ino inode number of its directory
   * @param tags the manifest of each tag, as the store lists it
   * @param modifiedMillis when the latest of them was published
   */
  record Name(long ino, SortedMap<String, BlobInfo> tags, long modifiedMillis) {}

  /** Gives the directory of a name an inode number, the same as long as the name is there. */
  interface InoOfName {
    long of(String name);
  }

  static Listing of(Map<ArtifactRef, BlobInfo> manifests, InoOfName inos, long begunNanos) {
    SortedMap<String, SortedMap<String, BlobInfo>> tags = new TreeMap<>();
    manifests.forEach(
        (ref, info) ->
            tags.computeIfAbsent(ref.name(), name -> new TreeMap<>()).put(ref.tag(), info));
    SortedMap<String, Name> names = new TreeMap<>();
    Map<Long, String> nameOfIno = new HashMap<>();
    long latest = 0;
    for (Map.Entry<String, SortedMap<String, BlobInfo>> entry : tags.entrySet()) {
      Name name = new Name(inos.of(entry.getKey()), entry.getValue(), latest(entry.getValue()));
      names.put(entry.getKey(), name);
      nameOfIno.put(name.ino, entry.getKey());
      latest = Math.max(latest, name.modifiedMillis);
    }
    return new Listing(names, nameOfIno, latest, begunNanos);
  }

  private static long latest(Map<String, BlobInfo> manifests) {
    return manifests.values().stream().mapToLong(BlobInfo::modifiedMillis).max().orElse(0);
  }

  /** The manifest of an artifact as the store lists it, null if there is none. */
  BlobInfo manifest(ArtifactRef ref) {
    Name name = names.get(ref.name());
    return name == null ? null : name.tags.get(ref.tag());
  }
}
