package io.snapfs.format.profile;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import io.snapfs.format.Limits;
import io.snapfs.format.SnapfsException;
import io.snapfs.format.TooNewException;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * What a profile begins with (FORMAT.md section 8).
 *
 * <pre>
 * 0       8         10       12         16         20     24           56
 * +-------+---------+--------+----------+----------+------+------------+
 * | magic | version | length | required | optional | runs | content id | ...
 * +-------+---------+--------+----------+----------+------+------------+
 * 56       60                64               68            72         92    96
 * +--------+-----------------+----------------+-------------+----------+-----+
 * | chunks | artifact chunks | length of runs | crc of runs | reserved | crc |
 * +--------+-----------------+----------------+-------------+----------+-----+
 * </pre>
 *
 * @param contentId of the artifact, in hex
 * @param artifactChunks how many chunks the artifact has
 * @param chunks how many of them were touched
 * @param runs of consecutive chunks
 * @param runsLength bytes that these take
 * @param runsCrc checksum of these bytes
 */
record ProfileHeader(
    String contentId, int artifactChunks, int chunks, int runs, int runsLength, int runsCrc) {
  /** Bytes of the header. */
  static final int LENGTH = 96;

  private static final long MAGIC = 0x52505346_50414e53L; // "SNAPFSPR"
  private static final int VERSION = 1;

  private static final int MAGIC_AT = 0;
  private static final int VERSION_AT = 8;
  private static final int LENGTH_AT = 10;
  private static final int REQUIRED_AT = 12;
  private static final int RUNS_AT = 20;
  private static final int CONTENT_ID_AT = 24;
  private static final int CHUNKS_AT = 56;
  private static final int ARTIFACT_CHUNKS_AT = 60;
  private static final int RUNS_LENGTH_AT = 64;
  private static final int RUNS_CRC_AT = 68;
  private static final int CRC_AT = 92;

  /** Writes it at the beginning of a little-endian buffer. */
  void write(ByteBuffer bytes) {
    bytes.putLong(MAGIC_AT, MAGIC);
    bytes.putShort(VERSION_AT, (short) VERSION);
    bytes.putShort(LENGTH_AT, (short) LENGTH);
    bytes.putInt(RUNS_AT, runs);
    bytes.put(CONTENT_ID_AT, HexFormat.of().parseHex(contentId));
    bytes.putInt(CHUNKS_AT, chunks);
    bytes.putInt(ARTIFACT_CHUNKS_AT, artifactChunks);
    bytes.putInt(RUNS_LENGTH_AT, runsLength);
    bytes.putInt(RUNS_CRC_AT, runsCrc);
    bytes.putInt(CRC_AT, Crc32c.of(bytes, 0, CRC_AT));
  }

  /**
   * Checks and takes apart a header.
   *
   * @param bytes {@link #LENGTH} of them, little-endian
   * @param blobLength how long the blob is
   * @param resource the blob, for messages
   */
  static ProfileHeader read(ByteBuffer bytes, long blobLength, String resource)
      throws SnapfsException {
    if (bytes.getLong(MAGIC_AT) != MAGIC) {
      throw new CorruptException(resource, MAGIC_AT, "it does not begin with SNAPFSPR");
    }
    int crc = Crc32c.of(bytes, 0, CRC_AT);
    if (bytes.getInt(CRC_AT) != crc) {
      throw new CorruptException(
          resource,
          CRC_AT,
          String.format("checksum is %08x, expected %08x", crc, bytes.getInt(CRC_AT)));
    }
    checkVersion(bytes, resource);
    byte[] contentId = new byte[Profile.ID_LENGTH];
    bytes.get(CONTENT_ID_AT, contentId);
    ProfileHeader header =
        new ProfileHeader(
            HexFormat.of().formatHex(contentId),
            bytes.getInt(ARTIFACT_CHUNKS_AT),
            bytes.getInt(CHUNKS_AT),
            bytes.getInt(RUNS_AT),
            bytes.getInt(RUNS_LENGTH_AT),
            bytes.getInt(RUNS_CRC_AT));
    header.checkCounts(Short.toUnsignedInt(bytes.getShort(LENGTH_AT)), blobLength, resource);
    return header;
  }

  private static void checkVersion(ByteBuffer bytes, String resource) throws SnapfsException {
    int version = Short.toUnsignedInt(bytes.getShort(VERSION_AT));
    if (version > VERSION) {
      throw new TooNewException(
          resource, "the profile has version " + version + ", this build knows " + VERSION);
    }
    if (version == 0) {
      throw new CorruptException(resource, VERSION_AT, "version is 0");
    }
    int required = bytes.getInt(REQUIRED_AT);
    if (required != 0) {
      throw new TooNewException(
          resource,
          String.format("the profile needs features %#x, this build knows none", required));
    }
  }

  private void checkCounts(int length, long blobLength, String resource) throws CorruptException {
    if (length != LENGTH || runsLength < 0 || blobLength != LENGTH + (long) runsLength) {
      throw new CorruptException(
          resource,
          LENGTH_AT,
          String.format(
              "it is %d bytes long, expected %d and the %d bytes of its runs",
              blobLength, length, Integer.toUnsignedLong(runsLength)));
    }
    if (artifactChunks < 0
        || artifactChunks > Limits.MAX_CHUNKS
        || !isUpTo(chunks, artifactChunks)
        || !isUpTo(runs, chunks)
        || runsLength > (long) ProfileRuns.MAX_RUN * runs
        || runsLength < 2L * runs) {
      throw new CorruptException(
          resource,
          RUNS_AT,
          String.format(
              "%d runs in %d bytes with %d chunks of an artifact of %d chunks can't be",
              runs, runsLength, chunks, artifactChunks));
    }
  }

  private static boolean isUpTo(int count, int most) {
    return count >= 0 && count <= most;
  }

  /** Fails unless it is of a content. */
  void checkIsOf(byte[] expectedId, String resource) throws CorruptException {
    String expected = HexFormat.of().formatHex(expectedId);
    if (!contentId.equals(expected)) {
      throw new CorruptException(
          resource,
          CONTENT_ID_AT,
          "it is a profile of content " + contentId + ", expected " + expected);
    }
  }

  /** Fails unless it is for an artifact of so many chunks. */
  void checkIsFor(int expectedChunks, String resource) throws CorruptException {
    if (artifactChunks != expectedChunks) {
      throw new CorruptException(
          resource,
          ARTIFACT_CHUNKS_AT,
          "it is for " + artifactChunks + " chunks, but the artifact has " + expectedChunks);
    }
  }
}
