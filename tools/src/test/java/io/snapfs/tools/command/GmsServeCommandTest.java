package io.snapfs.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.gms.client.GmsClient;
import io.snapfs.tools.Cli;
import io.snapfs.tools.Main;
import io.snapfs.tools.StandinDriver;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GmsServeCommandTest {
  @TempDir Path folder;

  @Test
  void servesUntilItIsToldToEnd() throws Exception {
    Path library = StandinDriver.compileInto(folder);
    Path sockets = folder.resolve("sockets");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "gms",
            "serve",
            "--socket-dir",
            sockets.toString(),
            "--device",
            "1",
            "--tag",
            "weights,kv_cache");
    builder.environment().put("SNAPFS_LIBCUDA", library.toString());
    builder.environment().put("SNAPFS_STANDIN_DEVICES", "2");
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process server = builder.start();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
      List<String> said = new ArrayList<>();
      String line = lines.readLine();
      while (line != null && !line.equals("ready")) {
        said.add(line);
        line = lines.readLine();
      }
      assertEquals("ready", line);
      assertEquals(2, said.size());
      assertTrue(said.get(0).endsWith("_weights.sock (Stand-in 1)"), said.get(0));
      Path socket = sockets.resolve("gms_GPU-ab5a5a5a-5a5a-5a5a-5a5a-5a5a5a5a5a01_weights.sock");
      assertEquals("EMPTY", GmsClient.runtimeState(socket).state().state());
      server.destroy();
      assertTrue(server.waitFor(120, TimeUnit.SECONDS));
      assertEquals(0, server.exitValue());
      assertFalse(Files.exists(socket));
    } finally {
      server.destroyForcibly();
      server.waitFor(120, TimeUnit.SECONDS);
    }
  }

  @Test
  void wrongTagIsAWrongUsage() {
    Cli.Result result = Cli.run("gms", "serve", "--tag", "a/b");
    assertEquals(2, result.code());
    assertTrue(result.err().contains("'a/b' can't be a tag"), result.err());
  }
}
