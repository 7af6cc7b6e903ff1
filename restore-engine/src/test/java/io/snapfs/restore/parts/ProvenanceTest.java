package io.snapfs.restore.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProvenanceTest {
  @TempDir private Path dir;

  @Test
  void tellsHostAndSource() throws IOException {
    Map<String, String> provenance = Provenance.of(dir, "1.2.3");
    assertEquals(
        Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
        provenance.get("host.kernel"));
    assertEquals(
        Files.readString(Path.of("/proc/sys/kernel/hostname")).strip(),
        provenance.get("host.name"));
    assertFalse(provenance.get("host.arch").isEmpty());
    assertEquals(dir.toString(), provenance.get("source.path"));
    assertEquals("1.2.3", provenance.get("snapfs.version"));
    assertFalse(provenance.containsKey("criu.version"));
  }

  @Test
  void theVersionOfCriuIsInItsLog() throws IOException {
    Files.writeString(dir.resolve("a.log"), "nothing here\n");
    Files.writeString(
        dir.resolve("dump.log"), "(00.000000) Version: 4.1.1 (gitid 0)\n(00.0001) Running on h\n");
    assertEquals("4.1.1", Provenance.of(dir, "x").get("criu.version"));
  }

  @Test
  void theLogMayLieOneFolderBelow() throws IOException {
    Files.createDirectory(dir.resolve("images"));
    Files.writeString(dir.resolve("images/criu-dump.log"), "(00.0) Version: 3.17.1-dev (gitid 0)");
    assertEquals("3.17.1-dev", Provenance.of(dir, "x").get("criu.version"));
  }

  @Test
  void otherLogsAreOfNoInterest() throws IOException {
    Files.write(dir.resolve("x.log"), new byte[100_000]);
    Files.writeString(dir.resolve("y.log"), "Version: unknown");
    Files.createDirectory(dir.resolve("z.log"));
    assertFalse(Provenance.of(dir, "x").containsKey("criu.version"));
  }
}
