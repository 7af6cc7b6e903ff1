package io.snapfs.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.Crc32c;
import io.snapfs.format.store.Store;
import io.snapfs.tools.Cli;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every command says of a store that it can't use. */
final class StoreErrorsTest {
  @TempDir private Path dir;

  /** The commands that need a store that is there, as words around it. */
  static Stream<String> commands() {
    return Stream.of(
        "mount STORE target",
        "ls STORE",
        "ls STORE --json",
        "inspect STORE worker",
        "stats STORE",
        "verify STORE",
        "verify STORE worker --quick",
        "unpack STORE worker target",
        "rm STORE worker",
        "gc STORE",
        "gc STORE --dry-run --json");
  }

  private static Cli.Result run(String command, Path store) {
    return Cli.run((Object[]) command.replace("STORE", store.toString()).split(" ", -1));
  }

  private static void assertFails(int code, String message, Cli.Result result) {
    assertEquals(code, result.code(), result.err());
    assertEquals("", result.out());
    assertTrue(result.err().startsWith("snapfs: "), result.err());
    assertTrue(result.err().contains(message), result.err());
    assertTrue(result.err().lines().count() == 1, result.err());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void thereIsNoStore(String command) {
    assertFails(
        ExitCode.FAILURE, "no store at " + dir.resolve("no"), run(command, dir.resolve("no")));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void itIsNotAStore(String command) throws IOException {
    Files.writeString(dir.resolve("notes.txt"), "hello");
    assertFails(ExitCode.FAILURE, dir + " is not a snapfs store", run(command, dir));
    Path file = Files.writeString(dir.resolve("file"), "hello");
    assertFails(ExitCode.FAILURE, "file", run(command, file));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void itIsOfANewerVersion(String command) throws IOException {
    Path store = newStore();
    Path descriptor = store.resolve("snapfs.store");
    byte[] bytes = Files.readAllBytes(descriptor);
    bytes[8] = 2;
    Files.write(descriptor, withChecksum(bytes));
    assertFails(ExitCode.FAILURE, "too new", run(command, store));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void itsDescriptorIsDamaged(String command) throws IOException {
    Path store = newStore();
    Path descriptor = store.resolve("snapfs.store");
    byte[] bytes = Files.readAllBytes(descriptor);
    bytes[30] ^= 1;
    Files.write(descriptor, bytes);
    assertFails(ExitCode.DAMAGE, "is damaged", run(command, store));
  }

  @Test
  void anArtifactThatIsNotThere() throws IOException {
    assertFails(
        ExitCode.FAILURE, "no artifact worker:latest in", run("rm STORE worker", newStore()));
  }

  private Path newStore() throws IOException {
    Path store = dir.resolve("store");
    Store.openOrCreate(store).close();
    return store;
  }

  private static byte[] withChecksum(byte[] descriptor) {
    ByteBuffer buffer = ByteBuffer.wrap(descriptor).order(ByteOrder.LITTLE_ENDIAN);
    return buffer.putInt(60, Crc32c.of(buffer, 0, 60)).array();
  }
}
