package io.snapfs.restore.driver;

import io.snapfs.linux.Uname;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * Remembers which CRIU passed its check on this kernel, since the check takes longer (0.12 s) than
 * the whole of CRIU's own part in a restore.
 */
final class CheckedCriu {
  private static final String FILE = "checked-criu";

  private CheckedCriu() {}

  /** The CRIU that a program is, if it has passed its check and was not changed since. */
  static Optional<Criu> recall(Path program) throws IOException {
    Path file = RuntimeFolder.get().resolve(FILE);
    if (!Files.isReadable(file)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    if (lines.size() != 2 || !lines.get(0).equals(identity(program))) {
      return Optional.empty();
    }
    return CriuVersion.find(lines.get(1)).map(version -> new Criu(program, version));
  }

  static void remember(Criu criu) throws IOException {
    Path folder = RuntimeFolder.get();
    Path aside = Files.createTempFile(folder, FILE, ".tmp");
    Files.writeString(aside, identity(criu.program()) + "\nVersion: " + criu.version() + "\n");
    Files.move(aside, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  private static String identity(Path program) throws IOException {
    Path real = program.toRealPath();
    return String.join(
        " ",
        Uname.current().release(),
        real.toString(),
        String.valueOf(Files.size(real)),
        Files.getLastModifiedTime(real).toString());
  }
}
