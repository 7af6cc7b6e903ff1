package io.snapfs.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.tools.Cli;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command around a page server; its work with real processes is tested elsewhere. */
@Timeout(60)
final class LazyPagesCommandTest {
  private static final int FINISHED = 0x52535446;
  private static final int ZOMBIE = -7;

  @TempDir private Path dir;
  private Path store;

  /** A dump of a zombie, which CRIU restores without a page of memory. */
  static Path dumpOfNothing(Path dir) throws IOException {
    Path images = Files.createDirectories(dir.resolve("images"));
    HexFormat hex = HexFormat.of();
    Files.write(images.resolve("inventory.img"), hex.parseHex("16313158" + "02000000" + "0802"));
    Files.write(
        images.resolve("pstree.img"),
        hex.parseHex("19435654" + "30302750" + "0a000000" + "08071000180720072807"));
    return images;
  }

  /** Waits for the socket in a work dir, and says that a restore has finished. */
  static void playCriu(Path workDir) throws IOException, InterruptedException {
    UnixDomainSocketAddress address =
        UnixDomainSocketAddress.of(workDir.resolve("lazy-pages.socket"));
    ByteBuffer words = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    words.putInt(ZOMBIE).putInt(FINISHED).flip();
    while (Files.notExists(address.getPath())) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    try (SocketChannel criu = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      criu.connect(address);
      criu.write(words);
    }
  }

  @BeforeEach
  void pack() throws IOException {
    store = dir.resolve("store");
    Cli.Result result = Cli.run("pack", dumpOfNothing(dir), "--store", store, "--name", "w");
    assertEquals(ExitCode.OK, result.code(), result.err());
  }

  @Test
  void itEndsWhenAllRestoresHaveFinished() throws Exception {
    Path one = Files.createDirectory(dir.resolve("one"));
    Path two = Files.createDirectory(dir.resolve("two"));
    CompletableFuture<Cli.Result> running =
        CompletableFuture.supplyAsync(
            () -> Cli.run("lazy-pages", store, "w", "--work-dir", one, "--work-dir", two));
    playCriu(one);
    playCriu(two);
    Cli.Result result = running.get();
    assertEquals(ExitCode.OK, result.code(), result.err());
    assertTrue(result.out().startsWith("filled 0 B"), result.out());
    assertFalse(Files.exists(one.resolve("lazy-pages.socket")));
  }

  @Test
  void mistakesAreExplained() throws IOException {
    assertFails("--work-dir", "--jobs", "2");
    assertFails("--jobs must be", "--work-dir", dir, "--jobs", "0");
    assertFails("no artifact", "v", "--work-dir", dir);
    assertFails("no directory that can be written", "--work-dir", dir, "--record", "/nowhere/f");
    Path nothing = Files.createDirectory(dir.resolve("nothing"));
    Cli.run("pack", nothing, "--store", store, "--name", "n");
    assertFails("no CRIU images", "n", "--work-dir", dir);
    assertFails("ENOENT", "--work-dir", dir.resolve("none"));
  }

  private void assertFails(String why, Object... words) {
    List<Object> all = new ArrayList<>(List.of("lazy-pages", store));
    if (words[0].toString().startsWith("-")) {
      all.add("w");
    }
    all.addAll(List.of(words));
    Cli.Result result = Cli.run(all.toArray());
    assertFalse(result.code() == ExitCode.OK, why);
    assertTrue(result.err().contains(why), result.err());
  }
}
