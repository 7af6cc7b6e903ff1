package io.snapfs.restore.rootfs;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes a tar, entry by entry. */
final class TestTar {
  static final long SECONDS = 1_600_000_000L;
  private static final int BLOCK = 512;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int mode = 0644;

  /** Permission bits of what follows. */
  TestTar mode(int bits) {
    mode = bits;
    return this;
  }

  TestTar directory(String path) {
    return add(TarEntry.DIRECTORY, path, "", "", 0, 0);
  }

  TestTar file(String path, String content) {
    return add(TarEntry.FILE, path, "", content, 0, 0);
  }

  TestTar link(char type, String path, String target) {
    return add(type, path, target, "", 0, 0);
  }

  TestTar device(String path, int major, int minor) {
    return add(TarEntry.CHARACTER_DEVICE, path, "", "", major, minor);
  }

  /** Extended records for the next entry. */
  TestTar extended(Map<String, String> records) {
    StringBuilder text = new StringBuilder();
    records.forEach(
        (key, value) -> {
          int rest = key.length() + value.length() + 3;
          int length = rest + String.valueOf(rest).length();
          length = rest + String.valueOf(length).length();
          text.append(length).append(' ').append(key).append('=').append(value).append('\n');
        });
    return add('x', "extended", "", text.toString(), 0, 0);
  }

  private TestTar add(char type, String path, String link, String content, int major, int minor) {
    byte[] data = content.getBytes(StandardCharsets.ISO_8859_1);
    byte[] header = new byte[BLOCK];
    put(header, 0, path);
    put(header, 100, String.format("%07o", mode));
    put(header, 108, String.format("%07o", 0));
    put(header, 116, String.format("%07o", 0));
    put(header, 124, String.format("%011o", data.length));
    put(header, 136, String.format("%011o", SECONDS));
    put(header, 148, "        ");
    header[156] = (byte) type;
    put(header, 157, link);
    put(header, 257, "ustar\0" + "00");
    put(header, 329, String.format("%07o", major));
    put(header, 337, String.format("%07o", minor));
    int sum = 0;
    for (byte each : header) {
      sum += each & 0xff;
    }
    put(header, 148, String.format("%06o\0 ", sum));
    bytes.writeBytes(header);
    bytes.writeBytes(data);
    bytes.writeBytes(new byte[-data.length & (BLOCK - 1)]);
    return this;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] value = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(value, 0, header, at, value.length);
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  InputStream open() {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(bytes());
    whole.writeBytes(new byte[2 * BLOCK]);
    return new ByteArrayInputStream(whole.toByteArray());
  }
}
