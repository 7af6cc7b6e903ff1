package io.snapfs.tools.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.tools.Cli;
import io.snapfs.tools.Main;
import io.snapfs.tools.StandinDriver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code snapfs gms load} and {@code gms save}, as processes that use the stand-in driver. */
class GmsLoadCommandTest {
  private static final int WITHIN_SECONDS = 120;
  private static final Path DOCUMENT = Path.of("..", "docs", "json.md");

  @TempDir private Path folder;
  private Path library;
  private Path sockets;

  @BeforeEach
  void compileDriver() throws IOException, InterruptedException {
    library = StandinDriver.compileInto(folder);
    sockets = folder.resolve("sockets");
  }

  private ProcessBuilder snapfs(Object... words) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    Arrays.stream(words).map(String::valueOf).forEach(command::add);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SNAPFS_LIBCUDA", library.toString());
    return builder;
  }

  /** Runs a command to its end; returns what it printed. */
  private String run(int code, Object... words) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        snapfs(words).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    process.getOutputStream().close();
    boolean ended = process.waitFor(WITHIN_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly().waitFor();
    assertTrue(ended, "does not end: " + Arrays.toString(words));
    assertEquals(code, process.exitValue(), Files.readString(err));
    return code == 0 ? Files.readString(out) : Files.readString(err);
  }

  /** A server that answers. */
  private Process serve() throws IOException {
    Process server =
        snapfs("gms", "serve", "--socket-dir", sockets, "--tag", "weights")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
    String line = lines.readLine();
    while (line != null && !line.equals("ready")) {
      line = lines.readLine();
    }
    assertEquals("ready", line);
    return server;
  }

  private byte[] safetensors() throws IOException {
    byte[] data = new byte[3 << 20];
    new Random(1).nextBytes(data);
    byte[] header =
        "{\"t\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(data.length, data.length)
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(Long.BYTES + header.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header).put(data);
    Path model = Files.createDirectories(folder.resolve("model"));
    Files.write(model.resolve("model.safetensors"), file.array());
    return data;
  }

  private static void assertDocumented(String command, String json) throws IOException {
    String document = Files.readString(DOCUMENT);
    int start = document.indexOf("\n## " + command + "\n");
    String section = document.substring(start, document.indexOf("\n## ", start + 1));
    int fields = 0;
    for (String line : section.split("\n", -1)) {
      if (line.startsWith("| `")) {
        String name = line.substring(3, line.indexOf('`', 3));
        String leaf = name.substring(name.lastIndexOf('.') + 1);
        assertTrue(json.contains("\"" + leaf + "\" :"), name + " is not in " + json);
        fields++;
      }
    }
    assertTrue(fields > 10, section);
  }

  @Test
  void loadsSavesAndLoadsAgain() throws IOException, InterruptedException {
    byte[] data = safetensors();
    Path store = folder.resolve("store");
    run(0, "pack", folder.resolve("model"), "--store", store, "--name", "model");
    Process server = serve();
    try {
      String loaded =
          run(0, "gms", "load", store, "model", "--socket-dir", sockets, "--jobs", 2, "--json");
      assertDocumented("gms load", loaded);
      assertTrue(loaded.contains("\"weight_bytes\" : " + data.length), loaded);
      String saved =
          run(
              0,
              "gms",
              "save",
              "--store",
              store,
              "--name",
              "saved",
              "--socket-dir",
              sockets,
              "--json");
      assertDocumented("gms save", saved);
      String again = run(0, "gms", "load", store, "saved", "--socket-dir", sockets);
      assertTrue(again.startsWith("loaded saved:latest: 3.0 MiB into 1 slab of 1 device"), again);
    } finally {
      server.destroy();
      assertTrue(server.waitFor(WITHIN_SECONDS, TimeUnit.SECONDS));
    }
    Path unpacked = folder.resolve("unpacked");
    run(0, "unpack", store, "saved", unpacked);
    assertArrayEquals(data, Files.readAllBytes(unpacked.resolve("shards/shard_0000.bin")));
    String refused = run(1, "gms", "load", store, "model", "--socket-dir", sockets);
    assertTrue(refused.contains("snapfs gms serve"), refused);
  }

  @Test
  void wrongUsage() throws IOException {
    Path store = folder.resolve("store");
    safetensors();
    Path model = folder.resolve("model");
    assertEquals(0, Cli.run("pack", model, "--store", store, "--name", "m").code());
    assertWrong("named twice", "gms", "load", store, "m", "--device", "0", "--device", "0");
    assertWrong("--jobs", "gms", "load", store, "m", "--jobs", "0");
    assertWrong("below 0", "gms", "load", store, "m", "--timeout", "-1");
    assertWrong(
        "needs --target-bandwidth",
        "pack",
        model,
        "--store",
        store,
        "--name",
        "n",
        "--target-cores",
        "2");
    assertWrong(
        "leave out --codec",
        "pack",
        model,
        "--store",
        store,
        "--name",
        "n",
        "--codec",
        "raw",
        "--target-bandwidth",
        "1G");
  }

  private static void assertWrong(String message, Object... words) {
    Cli.Result result = Cli.run(words);
    assertEquals(2, result.code(), result.err());
    assertTrue(result.err().contains(message), result.err());
  }
}
