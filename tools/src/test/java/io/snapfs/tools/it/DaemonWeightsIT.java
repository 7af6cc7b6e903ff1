package io.snapfs.tools.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.tools.StandinDriver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code snapfs daemon} loads weights. */
class DaemonWeightsIT {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;
  private Path store;
  private Path sockets;
  private Map<String, String> environment;

  @BeforeEach
  void prepare() throws IOException, InterruptedException {
    store = folder.resolve("store");
    sockets = folder.resolve("sockets");
    Path state = Files.createDirectories(folder.resolve("state"));
    Path library = StandinDriver.compileInto(folder);
    environment =
        Map.of("SNAPFS_LIBCUDA", library.toString(), "SNAPFS_STANDIN_STATE", state.toString());
  }

  private Command.Outcome snapfs(Object... words) throws IOException {
    return Command.snapfs(words).with(environment).in(folder).run();
  }

  private String succeed(Object... words) throws IOException {
    return Command.snapfs(words).with(environment).in(folder).succeed();
  }

  /** Weights of 20 MiB in a store; returns them. */
  private byte[] packWeights() throws IOException {
    byte[] data = new byte[20 * MIB];
    new Random(1).nextBytes(data);
    byte[] header =
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(data.length, data.length)
            .getBytes(StandardCharsets.UTF_8);
    byte[] file = new byte[Long.BYTES + header.length + data.length];
    file[0] = (byte) header.length;
    System.arraycopy(header, 0, file, Long.BYTES, header.length);
    System.arraycopy(data, 0, file, Long.BYTES + header.length, data.length);
    Path model = Files.createDirectories(folder.resolve("model"));
    Files.write(model.resolve("model.safetensors"), file);
    succeed("pack", model, "--store", store, "--name", "model");
    return data;
  }

  private static long number(String json, String name) {
    Matcher matcher = Pattern.compile("\"" + name + "\" : (\\d+)").matcher(json);
    assertTrue(matcher.find(), json);
    return Long.parseLong(matcher.group(1));
  }

  @Test
  void loadsThatFollowFindTheWeightsDecoded() throws Exception {
    final byte[] data = packWeights();
    try (RunningGms server = new RunningGms(sockets, environment);
        RunningDaemon daemon =
            new RunningDaemon(folder.resolve("daemon"), environment, "--weights-cache", "64M")) {
      daemon.awaitLog("ready to load weights");
      Object[] load = {
        "gms",
        "load",
        "store",
        "model",
        "--socket-dir",
        "sockets",
        "--daemon",
        daemon.folder(),
        "--json"
      };
      String first = succeed(load);
      assertEquals(0, number(first, "cached_bytes"), first);
      assertTrue(first.contains("\"store\" : \"store\""), first);
      assertFalse(first.contains("without it"), first);
      String second = succeed(load);
      assertEquals(data.length, number(second, "cached_bytes"), second);
      assertEquals(0, number(second, "read_bytes"), second);
      daemon.awaitLog("loaded model:latest");
      succeed("gms", "save", "--store", store, "--name", "saved", "--socket-dir", sockets);
      assertTrue(server.isAlive());
      daemon.end();
    }
    succeed("unpack", store, "saved", folder.resolve("unpacked"));
    Path shard = folder.resolve("unpacked/shards/shard_0000.bin");
    assertArrayEquals(data, Files.readAllBytes(shard));
  }

  @Test
  void whatIsWrongIsSaidAsWithoutIt() throws Exception {
    packWeights();
    Files.createDirectories(sockets);
    try (RunningDaemon daemon = new RunningDaemon(folder.resolve("daemon"), environment)) {
      Command.Outcome missing = load(daemon.folder(), "nothing");
      assertEquals(1, missing.code(), missing.output());
      assertTrue(missing.output().startsWith("snapfs: no artifact nothing"), missing.output());
      Command.Outcome nobody = load(daemon.folder(), "model");
      assertEquals(1, nobody.code(), nobody.output());
      assertTrue(nobody.output().startsWith("snapfs: no GMS server listens"), nobody.output());
      Command.Outcome usage =
          snapfs("gms", "load", store, "model", "--jobs", "0", "--daemon", daemon.folder());
      assertEquals(2, usage.code(), usage.output());
      assertTrue(usage.output().contains("it takes a number from 1"), usage.output());
    }
  }

  private Command.Outcome load(Path daemon, String name) throws IOException {
    return snapfs("gms", "load", store, name, "--socket-dir", sockets, "--daemon", daemon);
  }

  @Test
  void withoutADaemonItLoadsByItself() throws Exception {
    packWeights();
    try (RunningGms server = new RunningGms(sockets, environment)) {
      Path nowhere = folder.resolve("nowhere");
      Command.Outcome outcome = load(nowhere, "model");
      assertEquals(0, outcome.code(), outcome.output());
      assertTrue(
          outcome.output().contains("there is no daemon at " + nowhere + ": loading without it"),
          outcome.output());
      RunningDaemon daemon = new RunningDaemon(folder.resolve("daemon"), environment);
      daemon.kill();
      Command.Outcome dead = load(daemon.folder(), "model");
      assertEquals(0, dead.code(), dead.output());
      assertTrue(dead.output().contains("is dead: loading without it"), dead.output());
      assertTrue(server.isAlive());
    }
  }

  @Test
  void aDaemonThatSeesOtherDevicesLeavesItToTheClient() throws Exception {
    packWeights();
    try (RunningGms server = new RunningGms(sockets, environment);
        RunningDaemon daemon =
            new RunningDaemon(
                folder.resolve("daemon"),
                Map.of(
                    "SNAPFS_LIBCUDA",
                    environment.get("SNAPFS_LIBCUDA"),
                    "CUDA_VISIBLE_DEVICES",
                    "1"))) {
      Command.Outcome outcome = load(daemon.folder(), "model");
      assertEquals(0, outcome.code(), outcome.output());
      assertTrue(outcome.output().contains("it has other CUDA devices"), outcome.output());
      assertTrue(server.isAlive());
    }
  }

  @Test
  void withoutADriverItServesAllElse() throws Exception {
    packWeights();
    Map<String, String> none =
        Map.of("SNAPFS_LIBCUDA", folder.resolve("no-such-driver.so").toString());
    Files.createDirectories(sockets);
    try (RunningDaemon daemon =
        new RunningDaemon(folder.resolve("daemon"), none, "--weights-cache", "64M")) {
      daemon.awaitLog("this daemon can't load weights: the driver library");
      Command.Outcome outcome =
          Command.snapfs(
                  "gms",
                  "load",
                  store,
                  "model",
                  "--socket-dir",
                  sockets,
                  "--daemon",
                  daemon.folder())
              .with(none)
              .run();
      assertEquals(1, outcome.code(), outcome.output());
      assertTrue(outcome.output().contains("it can't load weights: the driver"), outcome.output());
      assertTrue(outcome.output().contains(": loading without it"), outcome.output());
      daemon.end();
    }
  }

  /**
   * While another one has the lock of the memory service a load waits, as long as its client does.
   */
  @Test
  void aLoadEndsWithItsClient() throws Exception {
    packWeights();
    try (RunningGms server = new RunningGms(sockets, environment);
        RunningDaemon daemon = new RunningDaemon(folder.resolve("daemon"), environment)) {
      Process holder = holdTheLock();
      try {
        assertEquals('h', holder.getInputStream().read());
        ProcessBuilder builder =
            new ProcessBuilder(
                Command.REPOSITORY.resolve("bin/snapfs").toString(),
                "gms",
                "load",
                store.toString(),
                "model",
                "--socket-dir=" + sockets,
                "--daemon=" + daemon.folder());
        builder.environment().putAll(environment);
        Process client = builder.start();
        assertEquals('w', holder.getInputStream().read());
        client.destroyForcibly().waitFor();
        daemon.awaitLog("the client ended before its load");
      } finally {
        holder.destroyForcibly().waitFor();
      }
      daemon.end();
      assertTrue(server.isAlive());
    }
  }

  /** Says h when it has the lock, and w when somebody waits for it. */
  private Process holdTheLock() throws IOException {
    String program =
        """
        import glob, sys, time
        from snapfs_worker.wire import Connection
        held = Connection(glob.glob(sys.argv[1] + "/*_weights.sock")[0], "rw")
        print("h", end="", flush=True)
        while not held.call("get_lock_state")["waiting_writers"]:
            time.sleep(0.01)
        print("w", end="", flush=True)
        time.sleep(600)
        """;
    ProcessBuilder builder =
        new ProcessBuilder("/usr/bin/python3", "-B", "-c", program, sockets.toString());
    Path library = Command.REPOSITORY.resolve("gms/python");
    builder.environment().put("PYTHONPATH", library.toString());
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}
