package io.snapfs.format.node;

import io.snapfs.format.CorruptException;
import io.snapfs.format.Crc32c;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What is recorded beside a materialised file, little-endian:
 *
 * <pre>
 * 0     magic "SNAPFSNF"
 * 8     u32 version, 1
 * 12    u32 length of the label, at most 4096
 * 16    key (32)
 * 48    u64 length of the file
 * 56    u64 inode number
 * 64    i64 time of modification, seconds since 1970
 * 72    i64 time of change, seconds since 1970
 * 80    u32 nanoseconds of the modification
 * 84    u32 nanoseconds of the change
 * 88    u32 crc32c of each block of 1 MiB
 * ..    label, UTF-8: what the file is called where it comes from, for people
 * ..    u32 crc32c of all before
 * </pre>
 *
 * @param identity of the file when it was complete
 * @param sums checksums of its blocks
 */
@SuppressWarnings("ArrayRecordComponent") // internal, never compared
record NodeRecord(FileKey key, FileIdentity identity, int[] sums, String label) {
  /** Longest file that is materialised, so that a record stays within 4 MiB. */
  static final long MAX_LENGTH = 1L << 40;

  /** Longest record in bytes. */
  static final int MAX_RECORD = (4 << 20) + (8 << 10);

  private static final int VERSION = 1;
  private static final int MAX_LABEL = 4096;
  private static final byte[] MAGIC = "SNAPFSNF".getBytes(StandardCharsets.US_ASCII);
  private static final int AT_VERSION = 8;
  private static final int AT_LABEL_LENGTH = 12;
  private static final int AT_KEY = 16;
  private static final int AT_LENGTH = 48;
  private static final int AT_INO = 56;
  private static final int AT_MTIME = 64;
  private static final int AT_CTIME = 72;
  private static final int AT_MTIME_NANOS = 80;
  private static final int AT_CTIME_NANOS = 84;
  private static final int AT_SUMS = 88;

  /** The record's bytes in a direct buffer, ready to be written. */
  ByteBuffer encode() {
    byte[] text = label.getBytes(StandardCharsets.UTF_8);
    text = Arrays.copyOf(text, Math.min(text.length, MAX_LABEL));
    int labelAt = AT_SUMS + Integer.BYTES * sums.length;
    int crcAt = labelAt + text.length;
    ByteBuffer record =
        ByteBuffer.allocateDirect(crcAt + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    record.put(0, MAGIC).putInt(AT_VERSION, VERSION).putInt(AT_LABEL_LENGTH, text.length);
    record.put(AT_KEY, key.toBytes());
    record.putLong(AT_LENGTH, identity.length()).putLong(AT_INO, identity.ino());
    record.putLong(AT_MTIME, identity.mtimeSec()).putLong(AT_CTIME, identity.ctimeSec());
    record.putInt(AT_MTIME_NANOS, identity.mtimeNsec());
    record.putInt(AT_CTIME_NANOS, identity.ctimeNsec());
    for (int i = 0; i < sums.length; i++) {
      record.putInt(AT_SUMS + Integer.BYTES * i, sums[i]);
    }
    record.put(labelAt, text);
    return record.putInt(crcAt, Crc32c.of(record, 0, crcAt));
  }

  /**
   * Reads and checks a record.
   *
   * @param record all of it, from 0 to its limit
   * @param resource its path, for messages
   */
  static NodeRecord decode(ByteBuffer record, FileKey key, String resource)
      throws CorruptException {
    record.order(ByteOrder.LITTLE_ENDIAN);
    int crcAt = record.limit() - Integer.BYTES;
    check(crcAt >= AT_SUMS, resource, 0, "it has only " + record.limit() + " bytes");
    byte[] magic = new byte[MAGIC.length];
    record.get(0, magic);
    check(Arrays.equals(magic, MAGIC), resource, 0, "expected the magic SNAPFSNF");
    int version = record.getInt(AT_VERSION);
    check(version == VERSION, resource, AT_VERSION, "version " + version + ", expected " + VERSION);
    check(
        record.getInt(crcAt) == Crc32c.of(record, 0, crcAt),
        resource,
        crcAt,
        "its checksum differs");
    byte[] keyBytes = new byte[FileKey.LENGTH];
    record.get(AT_KEY, keyBytes);
    check(Arrays.equals(keyBytes, key.toBytes()), resource, AT_KEY, "it is of another file");
    long length = record.getLong(AT_LENGTH);
    check(length >= 0 && length <= MAX_LENGTH, resource, AT_LENGTH, "a length of " + length);
    int[] sums = new int[BlockSums.count(length)];
    int labelAt = AT_SUMS + Integer.BYTES * sums.length;
    int labelLength = record.getInt(AT_LABEL_LENGTH);
    check(
        labelLength >= 0 && labelLength <= MAX_LABEL && labelAt + labelLength == crcAt,
        resource,
        AT_LABEL_LENGTH,
        "a label of " + labelLength + " bytes does not fit a record of " + record.limit());
    for (int i = 0; i < sums.length; i++) {
      sums[i] = record.getInt(AT_SUMS + Integer.BYTES * i);
    }
    byte[] label = new byte[labelLength];
    record.get(labelAt, label);
    return new NodeRecord(
        key, identity(record, length), sums, new String(label, StandardCharsets.UTF_8));
  }

  private static FileIdentity identity(ByteBuffer record, long length) {
    return new FileIdentity(
        record.getLong(AT_INO),
        length,
        record.getLong(AT_MTIME),
        record.getInt(AT_MTIME_NANOS),
        record.getLong(AT_CTIME),
        record.getInt(AT_CTIME_NANOS));
  }

  private static void check(boolean holds, String resource, int offset, String problem)
      throws CorruptException {
    if (!holds) {
      throw new CorruptException(resource, offset, problem);
    }
  }
}
