package io.snapfs.fusefs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Prints the SHA-256 of a file that it maps. A process of its own, because a thread that serves a
 * mount and one that waits in a page fault on it would wait for each other at the JVM's next
 * safepoint.
 */
final class MappingChild {
  private MappingChild() {}

  /**
   * Maps, sums, prints.
   *
   * @param arguments the file
   */
  public static void main(String[] arguments) throws IOException, NoSuchAlgorithmException {
    try (FileChannel file = FileChannel.open(Path.of(arguments[0]))) {
      ByteBuffer mapped = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(mapped);
      System.out.println(HexFormat.of().formatHex(digest.digest()));
    }
  }
}
