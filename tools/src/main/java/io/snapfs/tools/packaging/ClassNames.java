package io.snapfs.tools.packaging;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Names the classes that no run of a command shows while the product is built, where there is no
 * device and perhaps no CRIU, as a class list of the JVM has them.
 */
final class ClassNames {
  private static final String CLASS = ".class";

  private final Writer out;

  ClassNames(Writer out) {
    this.out = out;
  }

  /** Names those of a jar, if it is one of ours or reads JSON. */
  void of(Path jar) throws IOException {
    String name = jar.getFileName().toString();
    if (!name.startsWith("snapfs-") && !name.startsWith("jackson-core-")) {
      return;
    }
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      Enumeration<? extends ZipEntry> entries = zip.entries();
      while (entries.hasMoreElements()) {
        String entry = entries.nextElement().getName();
        boolean isClass = entry.endsWith(CLASS) && !entry.startsWith("META-INF/");
        if (isClass && !entry.endsWith("-info.class")) {
          out.write(entry.substring(0, entry.length() - CLASS.length()) + "\n");
        }
      }
    }
  }
}
