package io.snapfs.tools.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Lays the native libraries of this machine's processor out as files. Their Java sides would
 * otherwise unpack them from their jars into the temporary directory at every start.
 */
final class NativeLibraries {
  /** The beginning of a library's file name, and the folders in which jars keep it. */
  private static final Map<String, List<String>> WANTED =
      Map.of(
          "libjffi-", List.of("jni/x86_64-Linux", "jni/aarch64-Linux"),
          "libzstd-jni-", List.of("linux/amd64", "linux/aarch64"),
          "liblz4-java", List.of("net/jpountz/util/linux/amd64", "net/jpountz/util/linux/aarch64"));

  private final boolean arm;
  private final Path target;

  /**
   * @param architecture as the system property {@code os.arch} has it
   * @param target an existing folder
   */
  NativeLibraries(String architecture, Path target) {
    this.arm = architecture.equals("aarch64");
    this.target = target;
  }

  /** Copies those that the jar holds. */
  void unpack(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : Collections.list(file.entries())) {
        int slash = entry.getName().lastIndexOf('/');
        String name = entry.getName().substring(slash + 1);
        if (slash > 0 && isWanted(entry.getName().substring(0, slash), name)) {
          try (InputStream library = file.getInputStream(entry)) {
            Files.copy(library, target.resolve(name));
          }
        }
      }
    }
  }

  private boolean isWanted(String folder, String name) {
    return WANTED.entrySet().stream()
        .anyMatch(
            library ->
                name.startsWith(library.getKey())
                    && folder.equals(library.getValue().get(arm ? 1 : 0)));
  }
}
