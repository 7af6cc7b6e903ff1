package io.snapfs.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.snapfs.tools.command.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

/** A small checkpoint folder and a store below a temporary directory. */
public final class StoreFixture {
  private static final long SEED = 42;
  private static final int PAGE = 4096;
  private static final byte[] INVENTORY = {0x16, 0x31, 0x31, 0x58, 0x4e, 0, 0, 0};

  private final Path dir;
  private final Random random = new Random(SEED);

  public StoreFixture(Path dir) {
    this.dir = dir;
  }

  public Path store() {
    return dir.resolve("store");
  }

  /** CRIU images, weights, a rootfs diff and other files, with a hole and a symlink. */
  public Path checkpoint() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("checkpoint"));
    Files.write(folder.resolve("inventory.img"), INVENTORY);
    byte[] pages = noise(64 * PAGE);
    Arrays.fill(pages, 16 * PAGE, 32 * PAGE, (byte) 0);
    Files.write(folder.resolve("pages-1.img"), pages);
    Files.writeString(folder.resolve("dump.log"), "(00.000000) Version: 4.1.1 (gitid 0)\n");
    Files.write(folder.resolve("rootfs-diff.tar"), noise(3000));
    Files.writeString(folder.resolve("manifest.yaml"), "checkpointId: 1\n");
    Path shards = Files.createDirectories(folder.resolve("gms/device-0/shards"));
    Files.write(shards.resolve("shard_0000.bin"), noise(10 * PAGE));
    Files.writeString(shards.resolveSibling("manifest.json"), "{\"version\": 1}");
    Files.writeString(shards.resolveSibling("gms_metadata.json"), "{}");
    Files.createSymbolicLink(folder.resolve("link"), Path.of("manifest.yaml"));
    return folder;
  }

  public byte[] noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Packs a folder, which must succeed. */
  public void pack(Path folder, String name) {
    Cli.Result result = Cli.run("pack", folder, "--store", store(), "--name", name);
    assertEquals(ExitCode.OK, result.code(), result.err());
    assertEquals("", result.err());
  }

  /** The only pack of the store. */
  public Path onlyPack() throws IOException {
    try (Stream<Path> files = Files.walk(store().resolve("packs"))) {
      Path[] packs = files.filter(Files::isRegularFile).toArray(Path[]::new);
      assertEquals(1, packs.length, "packs");
      return packs[0];
    }
  }

  public Path manifest(String name, String tag) {
    return store().resolve("artifacts").resolve(name).resolve(tag + ".manifest");
  }

  /** Flips one bit of a file. */
  public static void damage(Path file, int offset) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[offset] ^= 0x10;
    Files.write(file, bytes);
  }
}
