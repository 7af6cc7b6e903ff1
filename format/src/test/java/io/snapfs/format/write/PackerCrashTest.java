package io.snapfs.format.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.Progress;
import io.snapfs.format.store.Gc;
import io.snapfs.format.store.Store;
import io.snapfs.format.store.Verify;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills {@code pack} and {@code gc} (SIGKILL, a real process) at random instants. */
class PackerCrashTest {
  private static final int ROUNDS = Integer.getInteger("snapfs.crash.rounds", 24);
  private static final long SEED = Long.getLong("snapfs.crash.seed", 1);

  /** From the moment that the child runs; a first run takes most of a second, later ones less. */
  private static final int LONGEST_MILLIS = 1500;

  @TempDir Path temp;
  private final Map<ArtifactRef, String> packed = new HashMap<>();
  private int reported;

  @Test
  void whatWasVisibleStaysAndNothingPartialShows() throws IOException, InterruptedException {
    Random random = new Random(SEED);
    Path source = Files.createDirectory(temp.resolve("source"));
    Path directory = temp.resolve("store");
    for (int round = 0; round < ROUNDS; round++) {
      change(source, random);
      kill(directory, source, round, random.nextInt(LONGEST_MILLIS));
      check(directory, "seed " + SEED + ", round " + round);
    }
    assertTrue(reported > 0, "no child came as far as packing anything");
    collectAndCheckNothingIsLeft(directory);
  }

  /** A few megabytes, of which half is new each round. */
  private static void change(Path source, Random random) throws IOException {
    for (int i = 0; i < 20; i++) {
      byte[] bytes = new byte[random.nextInt(400_000)];
      random.nextBytes(bytes);
      if (random.nextBoolean() || !Files.exists(source.resolve("f" + i))) {
        Files.write(source.resolve("f" + i), bytes);
      }
    }
  }

  private void kill(Path directory, Path source, int round, int millis)
      throws IOException, InterruptedException {
    Path output = temp.resolve("output");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                PackChild.class.getName(),
                directory.toString(),
                source.toString(),
                "r" + round)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      while (child.isAlive() && Files.size(output) == 0) {
        Thread.sleep(5);
      }
      Thread.sleep(millis);
    } finally {
      child.destroyForcibly().waitFor();
    }
    for (String line : Files.readAllLines(output, UTF_8)) {
      note(line);
    }
  }

  private void note(String line) {
    String[] words = line.split(" ", -1);
    if (words[0].equals("packed")) {
      packed.put(ArtifactRef.parse(words[1]), words[2]);
      reported++;
    } else if (words[0].equals("removing")) {
      packed.remove(ArtifactRef.parse(words[1])); // from now on either is right
    } else {
      assertEquals("ready", line);
    }
  }

  private void check(Path directory, String context) throws IOException {
    try (Store store = Store.openOrCreate(directory)) {
      assertEquals(
          "[]", Verify.run(store, null, false, Progress.NONE).damages().toString(), context);
      for (Map.Entry<ArtifactRef, String> artifact : packed.entrySet()) {
        byte[] contentId = store.manifest(artifact.getKey()).contentId();
        assertEquals(artifact.getValue(), HexFormat.of().formatHex(contentId), context);
      }
    }
  }

  private static void collectAndCheckNothingIsLeft(Path directory) throws IOException {
    try (Store store = Store.open(directory)) {
      for (ArtifactRef ref : store.artifacts()) {
        store.remove(ref);
      }
      Gc.run(store, false, Progress.NONE);
    }
    for (String folder : List.of("tmp", "packs", "artifacts")) {
      try (Stream<Path> files = Files.walk(directory.resolve(folder))) {
        assertEquals(List.of(), files.filter(Files::isRegularFile).toList());
      }
    }
  }
}
