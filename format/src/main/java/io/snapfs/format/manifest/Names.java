package io.snapfs.format.manifest;

import io.snapfs.format.Limits;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** File names: bytes with few rules, and how to show them to people. */
final class Names {
  private Names() {}

  /** What is wrong with a file name, or null: 1..255 bytes, no slash, no NUL, not "." or "..". */
  static String problem(byte[] name) {
    if (name.length == 0 || name.length > Limits.MAX_NAME) {
      return "a name of " + name.length + " bytes, expected 1 to " + Limits.MAX_NAME;
    }
    if (name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'))) {
      return "the name '" + display(name) + "'";
    }
    for (byte b : name) {
      if (b == '/' || b == 0) {
        return "the name '" + display(name) + "' with a slash or NUL";
      }
    }
    return null;
  }

  /** True if there is a NUL, which no name, target or xattr name may have. */
  static boolean hasNul(byte[] text) {
    for (byte b : text) {
      if (b == 0) {
        return true;
      }
    }
    return false;
  }

  /** See {@link Manifest#display}. */
  static String display(byte[] raw) {
    StringBuilder text = new StringBuilder(raw.length);
    ByteBuffer in = ByteBuffer.wrap(raw);
    CharBuffer out = CharBuffer.allocate(raw.length);
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    while (in.hasRemaining()) {
      CoderResult result = decoder.decode(in, out, true);
      out.flip().codePoints().forEach(c -> append(text, c));
      out.clear();
      for (int i = 0; result.isError() && i < result.length(); i++) {
        text.append(String.format("\\x%02x", in.get()));
      }
      decoder.reset();
    }
    return text.toString();
  }

  private static void append(StringBuilder text, int codePoint) {
    int type = Character.getType(codePoint);
    if (codePoint == '\\') {
      text.append("\\\\");
    } else if (codePoint < 0x80 && Character.isISOControl(codePoint)) {
      text.append(String.format("\\x%02x", codePoint));
    } else if (Character.isISOControl(codePoint)
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR) {
      text.append(String.format("\\u%04x", codePoint));
    } else {
      text.appendCodePoint(codePoint);
    }
  }
}
