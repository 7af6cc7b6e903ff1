package io.snapfs.restore.criu;

import io.snapfs.format.CorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The records of an image file, one after the other. For one thread.
 *
 * <pre>
 * 0        4      8
 * +--------+------+------+---------+------+---------+
 * | common | type | size | message | size | message | ...
 * +--------+------+------+---------+------+---------+
 * </pre>
 *
 * <p>The inventory has no common magic number.
 */
final class ImageRecords {
  private static final int COMMON = 0x54564319;
  private static final int INVENTORY = 0x58313116;

  private final ByteBuffer bytes;
  private final String resource;
  private int at;

  private ImageRecords(ByteBuffer bytes, String resource) {
    this.bytes = bytes;
    this.resource = resource;
  }

  /** Reads the inventory and checks what it begins with. */
  static ImageRecords inventory(ImageFolder folder, String name) throws IOException {
    ImageRecords records = new ImageRecords(folder.read(name), folder.describe(name));
    records.expect(INVENTORY);
    return records;
  }

  /**
   * Reads another image and checks what it begins with.
   *
   * @param type the magic number of its kind
   */
  static ImageRecords open(ImageFolder folder, String name, int type) throws IOException {
    ImageRecords records = new ImageRecords(folder.read(name), folder.describe(name));
    records.expect(COMMON);
    records.expect(type);
    return records;
  }

  /** The file, for messages. */
  String resource() {
    return resource;
  }

  /** Whether there is another record. */
  boolean hasNext() {
    return at < bytes.limit();
  }

  /** The next record. */
  ProtobufReader next() throws CorruptException {
    int left = bytes.limit() - at;
    long size = left < Integer.BYTES ? -1 : Integer.toUnsignedLong(bytes.getInt(at));
    if (size < 0 || size > left - Integer.BYTES) {
      throw new CorruptException(
          resource,
          at,
          size < 0
              ? "expected a record, the file ends after " + left + " bytes"
              : "a record of " + size + " bytes in the last " + left + " of the file");
    }
    int from = at + Integer.BYTES;
    at = from + (int) size;
    return new ProtobufReader(bytes, from, at, resource);
  }

  private void expect(int magic) throws CorruptException {
    if (bytes.limit() - at < Integer.BYTES || bytes.getInt(at) != magic) {
      throw new CorruptException(
          resource,
          at,
          bytes.limit() - at < Integer.BYTES
              ? "it is too short for a CRIU image"
              : String.format("magic number is %08x, expected %08x", bytes.getInt(at), magic));
    }
    at += Integer.BYTES;
  }
}
