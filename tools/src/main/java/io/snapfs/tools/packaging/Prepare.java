package io.snapfs.tools.packaging;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Entry for {@code tools/archive.sh}: {@code Prepare FOLDER-WITH-JARS FOLDER-FOR-LIBRARIES}. */
public final class Prepare {
  private Prepare() {}

  /** Rewrites old jars of the first folder in place, and lays out libraries in the second. */
  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      throw new IllegalArgumentException("usage: Prepare FOLDER-WITH-JARS FOLDER-FOR-LIBRARIES");
    }
    NativeLibraries libraries =
        new NativeLibraries(
            System.getProperty("os.arch"), Files.createDirectories(Path.of(args[1])));
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(args[0]), "*.jar")) {
      for (Path jar : jars) {
        ModernJar.rewrite(jar);
        libraries.unpack(jar);
      }
    }
  }
}
