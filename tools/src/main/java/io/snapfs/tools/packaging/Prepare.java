package io.snapfs.tools.packaging;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Entry for {@code tools/archive.sh}: {@code Prepare FOLDER-WITH-JARS FOLDER-FOR-LIBRARIES
 * CLASS-LIST}.
 */
public final class Prepare {
  private Prepare() {}

  /**
   * Rewrites old jars of the first folder in place, lays out libraries in the second, and writes a
   * list of classes.
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 3) {
      throw new IllegalArgumentException(
          "usage: Prepare FOLDER-WITH-JARS FOLDER-FOR-LIBRARIES CLASS-LIST");
    }
    NativeLibraries libraries =
        new NativeLibraries(
            System.getProperty("os.arch"), Files.createDirectories(Path.of(args[1])));
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(args[0]), "*.jar");
        Writer list = Files.newBufferedWriter(Path.of(args[2]))) {
      ClassNames names = new ClassNames(list);
      for (Path jar : jars) {
        ModernJar.rewrite(jar);
        libraries.unpack(jar);
        names.of(jar);
      }
    }
  }
}
