package io.snapfs.restore.criu;

import io.snapfs.format.CorruptException;
import java.nio.ByteBuffer;

/**
 * Reads one message of Protocol Buffers, field by field, without its schema: the caller asks for
 * what it knows and skips the rest. Every length is checked against the message.
 *
 * <pre>
 *   while (reader.next()) {
 *     switch (reader.field()) {
 *       case 1 -> pid = reader.integer();
 *       default -> {} // what isn't read is skipped
 *     }
 *   }
 * </pre>
 */
final class ProtobufReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;
  private static final int TYPE_BITS = 3;
  private static final int BITS = 7;
  private static final int MORE = 0x80;
  private static final int LONGEST_VARINT = 70; // bits

  private final ByteBuffer bytes;
  private final String resource;
  private int at;
  private final int end;

  private long field;
  private int type;
  private boolean taken = true;

  /**
   * @param bytes a little-endian buffer
   * @param from where the message begins
   * @param end where it ends
   * @param resource the file, for messages; offsets in the buffer are offsets in it
   */
  ProtobufReader(ByteBuffer bytes, int from, int end, String resource) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
    this.resource = resource;
  }

  /** Goes to the next field; false at the end of the message. */
  boolean next() throws CorruptException {
    if (!taken) {
      skip();
    }
    if (at == end) {
      return false;
    }
    long key = varint();
    field = key >>> TYPE_BITS;
    type = (int) key & ((1 << TYPE_BITS) - 1);
    taken = false;
    if (field == 0) {
      throw damaged("there is no field 0");
    }
    return true;
  }

  /** Number of the field that {@link #next} went to; one that is too large to be known is -1. */
  int field() {
    return field > Integer.MAX_VALUE ? -1 : (int) field;
  }

  /** Where in the file the reader stands. */
  int position() {
    return at;
  }

  /** A number of up to 64 bits. */
  long integer() throws CorruptException {
    taken = true;
    return switch (type) {
      case VARINT -> varint();
      case FIXED64 -> bytes.getLong(take(Long.BYTES));
      case FIXED32 -> Integer.toUnsignedLong(bytes.getInt(take(Integer.BYTES)));
      default -> throw damaged("field " + field + " has wire type " + type + ", not a number");
    };
  }

  /** A signed number in the encoding of {@code sint32} and {@code sint64}. */
  long zigzag() throws CorruptException {
    long encoded = integer();
    return encoded >>> 1 ^ -(encoded & 1);
  }

  /** A number that must fit 32 bits, signed or not. */
  int integer32() throws CorruptException {
    long value = integer();
    if (value != (int) value && value >>> Integer.SIZE != 0) {
      throw damaged(
          "field " + field + " is " + Long.toUnsignedString(value) + ", more than 32 bits");
    }
    return (int) value;
  }

  /** A message in the message. */
  ProtobufReader message() throws CorruptException {
    taken = true;
    if (type != BYTES) {
      throw damaged("field " + field + " has wire type " + type + ", not a length");
    }
    int length = length();
    int from = take(length);
    return new ProtobufReader(bytes, from, from + length, resource);
  }

  /** The error that something is wrong here. */
  CorruptException damaged(String problem) {
    return new CorruptException(resource, at, problem);
  }

  private void skip() throws CorruptException {
    taken = true;
    switch (type) {
      case VARINT -> varint();
      case FIXED64 -> take(Long.BYTES);
      case FIXED32 -> take(Integer.BYTES);
      case BYTES -> take(length());
      default -> throw damaged("field " + field + " has the unknown wire type " + type);
    }
  }

  private int length() throws CorruptException {
    long length = varint();
    if (length < 0 || length > end - at) {
      throw damaged(
          "field "
              + field
              + " is "
              + Long.toUnsignedString(length)
              + " bytes long, of which there are "
              + (end - at));
    }
    return (int) length;
  }

  private long varint() throws CorruptException {
    long value = 0;
    for (int shift = 0; shift < LONGEST_VARINT; shift += BITS) {
      byte next = bytes.get(take(1));
      value |= (long) (next & (MORE - 1)) << shift;
      if ((next & MORE) == 0) {
        return value;
      }
    }
    throw damaged("a number does not end after ten bytes");
  }

  private int take(int length) throws CorruptException {
    if (length > end - at) {
      throw damaged("the message ends in the middle of a field");
    }
    int from = at;
    at += length;
    return from;
  }
}
