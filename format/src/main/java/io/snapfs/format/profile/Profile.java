package io.snapfs.format.profile;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.format.blob.BlobReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The order in which chunks of an artifact were first touched: FORMAT.md section 8. Immutable.
 * Takes four bytes of memory a chunk.
 */
public final class Profile {
  /** What the keys of all profiles of a store begin with. */
  public static final String PREFIX = "profiles/";

  /** Bytes of a content id. */
  public static final int ID_LENGTH = 32;

  private static final Pattern KEY =
      Pattern.compile("profiles/([0-9a-f]{2})/(\\1[0-9a-f]{62})\\.profile");

  private final byte[] contentId;
  private final int artifactChunks;
  private final int[] order;

  /** Takes over the arrays. The order has each chunk at most once. */
  Profile(byte[] contentId, int artifactChunks, int[] order) {
    this.contentId = contentId;
    this.artifactChunks = artifactChunks;
    this.order = order;
  }

  /**
   * Makes a profile.
   *
   * @param contentId of the artifact
   * @param artifactChunks how many chunks it has
   * @param order indexes of chunks, each at most once
   * @throws IllegalArgumentException if the order has a chunk twice, or one that there isn't
   */
  public static Profile of(byte[] contentId, int artifactChunks, int... order) {
    TouchedChunks seen = new TouchedChunks(artifactChunks);
    for (int chunk : order) {
      if (chunk < 0 || chunk >= artifactChunks || !seen.add(chunk)) {
        throw new IllegalArgumentException(
            "chunk " + chunk + " of " + artifactChunks + " occurs twice, or does not exist");
      }
    }
    return new Profile(contentId.clone(), artifactChunks, order.clone());
  }

  /** Names the content that it is of. */
  public byte[] contentId() {
    return contentId.clone();
  }

  /** How many chunks the artifact has. */
  public int artifactChunks() {
    return artifactChunks;
  }

  /** How many chunks were touched. */
  public int size() {
    return order.length;
  }

  /** Index in the manifest of the chunk that was touched at a position, from 0 on. */
  public int chunk(int position) {
    return order[position];
  }

  /** Position behind the run of consecutive chunks that the one at a position belongs to. */
  public int runEnd(int position) {
    return ProfileRuns.end(order, position);
  }

  /** Position of each of the artifact's chunks, -1 for those that weren't touched. */
  public int[] positions() {
    int[] positions = new int[artifactChunks];
    Arrays.fill(positions, -1);
    for (int i = 0; i < order.length; i++) {
      positions[order[i]] = i;
    }
    return positions;
  }

  /** Key of the profile of a content in a store: {@code profiles/HH/ID.profile}. */
  public static String key(byte[] contentId) {
    String hex = HexFormat.of().formatHex(contentId);
    return PREFIX + hex.substring(0, 2) + "/" + hex + ".profile";
  }

  /** Inverse of {@link #key}; null if the key is not that of a profile. */
  public static byte[] contentIdOf(String key) {
    Matcher matcher = KEY.matcher(key);
    return matcher.matches() ? HexFormat.of().parseHex(matcher.group(2)) : null;
  }

  /** The blob's bytes, in a direct buffer. */
  public ByteBuffer encode() {
    ByteBuffer runs = ProfileRuns.encode(order);
    int count = ProfileRuns.count(order);
    ProfileHeader header =
        new ProfileHeader(
            HexFormat.of().formatHex(contentId),
            artifactChunks,
            order.length,
            count,
            runs.remaining(),
            Crc32c.of(runs, 0, runs.remaining()));
    ByteBuffer blob = buffer(ProfileHeader.LENGTH + runs.remaining());
    header.write(blob);
    return blob.put(ProfileHeader.LENGTH, runs, 0, runs.remaining());
  }

  /**
   * Reads and checks a profile.
   *
   * @param expectedId of which content it must be
   * @param expectedChunks how many chunks the artifact has
   * @throws CorruptException if it is damaged, or of another artifact
   * @throws io.snapfs.format.TooNewException if this build can't read it
   */
  public static Profile read(BlobReader blob, byte[] expectedId, int expectedChunks)
      throws IOException {
    ProfileHeader header = readHeader(blob, expectedId);
    header.checkIsFor(expectedChunks, blob.describe());
    ByteBuffer runs = buffer(header.runsLength());
    blob.readFully(ProfileHeader.LENGTH, runs);
    int crc = Crc32c.of(runs, 0, header.runsLength());
    if (crc != header.runsCrc()) {
      throw new CorruptException(
          blob.describe(),
          ProfileHeader.LENGTH,
          String.format("checksum of the runs is %08x, expected %08x", crc, header.runsCrc()));
    }
    int[] order = new ProfileRuns(runs, ProfileHeader.LENGTH, blob.describe()).decode(header);
    return new Profile(expectedId.clone(), header.artifactChunks(), order);
  }

  /** How many chunks a profile has; reads and checks nothing but its header. */
  public static int readSize(BlobReader blob, byte[] expectedId) throws IOException {
    return readHeader(blob, expectedId).chunks();
  }

  private static ProfileHeader readHeader(BlobReader blob, byte[] expectedId) throws IOException {
    if (blob.length() < ProfileHeader.LENGTH) {
      throw new CorruptException(
          blob.describe(),
          -1,
          "it has " + blob.length() + " bytes, expected " + ProfileHeader.LENGTH + " or more");
    }
    ByteBuffer bytes = buffer(ProfileHeader.LENGTH);
    blob.readFully(0, bytes);
    ProfileHeader header = ProfileHeader.read(bytes.rewind(), blob.length(), blob.describe());
    header.checkIsOf(expectedId, blob.describe());
    return header;
  }

  private static ByteBuffer buffer(int length) {
    return ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
