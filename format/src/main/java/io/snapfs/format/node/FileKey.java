package io.snapfs.format.node;

import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.manifest.Node;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Names the contents of a regular file, whatever it is called and wherever it is stored: SHA-256 of
 *
 * <pre>
 * 0     u64 length of the file
 * 8     then for each extent: u64 offset in the file, chunk id (32; zeros for a hole)
 * </pre>
 *
 * little-endian. Files with the same bytes that were cut otherwise have different keys. Immutable.
 */
public final class FileKey {
  /** Bytes of a key. */
  static final int LENGTH = 32;

  private static final int EXTENT = Long.BYTES + LENGTH;
  private static final byte[] HOLE = new byte[LENGTH];

  private final byte[] bytes;

  private FileKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Computes the key of a file; takes about a millisecond for each GiB. */
  public static FileKey of(Manifest manifest, Node regular) throws IOException {
    MessageDigest sha256 = sha256();
    ByteBuffer record = ByteBuffer.allocate(EXTENT).order(ByteOrder.LITTLE_ENDIAN);
    sha256.update(record.putLong(regular.size()).flip());
    long extent = regular.first();
    for (int i = 0; i < regular.count(); i++, extent++) {
      manifest.extentEnd(regular, extent); // checks it
      int chunk = manifest.extentChunk(extent);
      byte[] id = chunk < 0 ? HOLE : manifest.chunkId(chunk).toBytes();
      sha256.update(record.clear().putLong(manifest.extentStart(extent)).put(id).flip());
    }
    return new FileKey(sha256.digest());
  }

  /** The key that a name in the directory stands for; null if it is none. */
  static FileKey parse(String name) {
    if (name.length() != 2 * LENGTH) {
      return null;
    }
    try {
      FileKey key = new FileKey(HexFormat.of().parseHex(name));
      return key.toString().equals(name) ? key : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** What every JVM has. */
  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  byte[] toBytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FileKey key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** 64 lower-case hex digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
