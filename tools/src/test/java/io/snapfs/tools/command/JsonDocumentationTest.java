package io.snapfs.tools.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.format.ArtifactRef;
import io.snapfs.format.manifest.Manifest;
import io.snapfs.format.node.FileSource;
import io.snapfs.format.node.NodeCache;
import io.snapfs.format.node.ReaderSource;
import io.snapfs.format.read.ArtifactReader;
import io.snapfs.format.read.ChunkCache;
import io.snapfs.format.store.Store;
import io.snapfs.tools.Cli;
import io.snapfs.tools.InstalledSnapfs;
import io.snapfs.tools.StoreFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --json} prints is what {@code docs/json.md} says. */
final class JsonDocumentationTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "json.md");

  @TempDir private Path dir;
  private StoreFixture fixture;

  @BeforeEach
  void makeFixture() {
    fixture = new StoreFixture(dir);
  }

  /** The fields of one section of the document: name to type and whether it is optional. */
  private static Map<String, String> documented(String command) throws IOException {
    String document = Files.readString(DOCUMENT);
    int start = document.indexOf("\n## " + command + "\n");
    assertTrue(start >= 0, "no section " + command);
    int end = document.indexOf("\n## ", start + 1);
    Map<String, String> fields = new TreeMap<>();
    for (String line :
        document.substring(start, end < 0 ? document.length() : end).split("\n", -1)) {
      if (line.startsWith("| `")) {
        String[] cells = line.split("\\|", -1);
        String name = cells[1].strip().replace("`", "");
        assertEquals(null, fields.put(name, cells[2] + cells[3]), name + " is documented twice");
      }
    }
    return fields;
  }

  private static Map<String, String> run(int code, Object... args) throws IOException {
    Cli.Result result = Cli.run(args);
    assertEquals(code, result.code(), result.err());
    return JsonFields.of(result.out());
  }

  /** Every printed field is documented, every documented one that isn't optional is printed. */
  private static Map<String, String> check(int code, Object... args) throws IOException {
    return checkAgainst((String) args[0], code, args);
  }

  private static Map<String, String> checkAgainst(String section, int code, Object... args)
      throws IOException {
    Map<String, String> printed = run(code, args);
    Map<String, String> documented = documented(section);
    Set<String> undocumented = new TreeSet<>(printed.keySet());
    undocumented.removeAll(documented.keySet());
    assertEquals(Set.of(), undocumented, "printed but not documented");
    Set<String> missing = new TreeSet<>(documented.keySet());
    missing.removeIf(name -> documented.get(name).contains("optional") || name.endsWith(".*"));
    missing.removeIf(name -> printed.keySet().stream().noneMatch(inSameList(name)));
    missing.removeAll(printed.keySet());
    assertEquals(Set.of(), missing, "documented but not printed");
    printed.forEach((name, value) -> checkType(name, documented.get(name), value));
    return printed;
  }

  /** A list may be empty. */
  private static Predicate<String> inSameList(String name) {
    String list = name.substring(0, name.lastIndexOf("[]") + 1);
    return other -> other.startsWith(list);
  }

  private static void checkType(String name, String type, String value) {
    String pattern =
        switch (type.strip().split(" ", -1)[0]) {
          case "count", "size" -> "-?\\d+";
          case "number" -> "-?\\d+(\\.\\d+)?";
          case "boolean" -> "true|false";
          case "moment" -> "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z";
          case "text" -> "(?s).*";
          default -> throw new AssertionError(name + " has an unknown type: " + type);
        };
    assertTrue(value.matches(pattern), name + " is " + value + ", documented as " + type);
  }

  @Test
  void allCommands() throws IOException {
    Path folder = fixture.checkpoint();
    Path store = fixture.store();
    Map<String, String> packed =
        check(0, "pack", folder, "--store", store, "--name", "w", "--label", "model=m", "--json");
    assertEquals(store.toString(), packed.get("store"));
    assertEquals("w:latest", packed.get("artifact"));
    assertEquals("8", packed.get("regular_files"));
    ProfileCommandsTest.record(dir.resolve("recording"), store, "w");
    assertEquals(0, Cli.run("profile", "add", store, "w", dir.resolve("recording")).code());
    Map<String, String> listed = check(0, "ls", store, "--json");
    assertEquals("m", listed.get("artifacts[].labels.*"));
    assertEquals(packed.get("content_id"), listed.get("artifacts[].content_id"));
    Map<String, String> inspected = check(0, "inspect", store, "w", "--json");
    assertEquals(packed.get("stored_bytes"), inspected.get("unique_bytes"));
    assertEquals("cdc", inspected.get("chunking.kind"));
    assertEquals("131072", inspected.get("chunking.mean_bytes"));
    Map<String, String> files = check(0, "inspect", store, "w", "--files", "--json");
    assertTrue(files.keySet().containsAll(documented("inspect").keySet()), files.toString());
    Map<String, String> stats = check(0, "stats", store, "--json");
    assertEquals(packed.get("stored_bytes"), stats.get("live_bytes"));
    assertEquals("true", check(0, "verify", store, "--json").get("clean"));
    assertEquals("quick", check(0, "verify", store, "--quick", "--json").get("mode"));
    assertEquals("2", check(0, "profile", "show", store, "w", "--json").get("profile_chunks"));
    assertEquals("1", check(0, "verify", store, "--json").get("profiles"));
    assertEquals("w:latest", check(0, "prefetch", store, "w", "--json").get("artifact"));
    Map<String, String> filled =
        check(0, "prefetch", store, "w", "--materialize", dir.resolve("node"), "--json");
    assertEquals("1", filled.get("filled_files"));
    assertEquals("7", filled.get("short_files"));
    assertEquals("true", check(0, "gc", store, "--dry-run", "--json").get("dry_run"));
    assertEquals("0", check(0, "gc", store, "--json").get("freed_bytes"));
  }

  @Test
  void benchRead() throws IOException {
    fixture.pack(fixture.checkpoint(), "w");
    System.setProperty(
        "snapfs.launcher", new InstalledSnapfs(dir.resolve("installed")).launcher().toString());
    try {
      Map<String, String> printed =
          checkAgainst("bench read", 0, "bench", "read", fixture.store(), "w", "--cold", "--json");
      assertEquals("pages-1.img", printed.get("file"));
      assertEquals(printed.get("file_bytes"), printed.get("rounds[].bytes"));
      assertEquals("true", printed.get("cold"));
    } finally {
      System.clearProperty("snapfs.launcher");
    }
  }

  @Test
  @Timeout(60)
  void lazyPages() throws Exception {
    Path store = fixture.store();
    run(
        0,
        "pack",
        LazyPagesCommandTest.dumpOfNothing(dir),
        "--store",
        store,
        "--name",
        "w",
        "--json");
    CompletableFuture<Map<String, String>> printed =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return check(0, "lazy-pages", store, "w", "--work-dir", dir, "--json");
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    LazyPagesCommandTest.playCriu(dir);
    assertEquals("0", printed.get().get("processes"));
  }

  @Test
  void damage() throws IOException {
    fixture.pack(fixture.checkpoint(), "w");
    StoreFixture.damage(fixture.onlyPack(), 130);
    Map<String, String> damaged = check(3, "verify", fixture.store(), "--json");
    assertEquals("false", damaged.get("clean"));
    assertEquals(fixture.onlyPack().toString(), damaged.get("damages[].resource"));
    assertEquals("w:latest", damaged.get("damages[].files[].artifact"));
    StoreFixture.damage(fixture.manifest("w", "latest"), 40);
    Map<String, String> listed = run(3, "ls", fixture.store(), "--json");
    assertEquals("w:latest", listed.get("unreadable[].artifact"));
    assertEquals("true", listed.get("unreadable[].damaged"));
    assertTrue(documented("ls").keySet().containsAll(listed.keySet()), listed.toString());
    assertEquals(
        "w:latest", check(3, "verify", fixture.store(), "--json").get("damages[].artifact"));
  }

  @Test
  void aFailurePrintsNothingOnStandardOutput() {
    Cli.Result result = Cli.run("ls", dir.resolve("no"), "--json");
    assertEquals(ExitCode.FAILURE, result.code());
    assertEquals("", result.out());
  }

  @Test
  void materialisedFiles() throws IOException {
    Path node = dir.resolve("node");
    fixture.pack(fixture.checkpoint(), "w");
    ArtifactRef ref = ArtifactRef.parse("w");
    try (Store store = Store.open(fixture.store());
        ChunkCache chunks = new ChunkCache(1 << 20, 1);
        ArtifactReader reader = new ArtifactReader(store.openArtifact(ref), chunks);
        NodeCache cache = NodeCache.open(node, 1 << 30)) {
      Manifest manifest = reader.manifest();
      int file = manifest.lookup(manifest.node(0), "pages-1.img".getBytes(UTF_8));
      FileSource source = new ReaderSource(reader, ref, manifest.node(file));
      assertEquals(NodeCache.Outcome.THERE, cache.materialize(source));
    }
    Map<String, String> listed = check(0, "cache", "ls", node, "--json");
    assertEquals("w:latest pages-1.img", listed.get("files[].label"));
    assertEquals("262144", listed.get("files[].length_bytes"));
    assertEquals("196608", listed.get("files[].allocated_bytes"));
    assertEquals("removed 1 files, 192.0 KiB\n", Cli.run("cache", "clear", node).out());
    assertEquals(Map.of("directory", node.toString()), run(0, "cache", "ls", node, "--json"));
    assertEquals(ExitCode.FAILURE, Cli.run("cache", "ls", dir).code());
    assertEquals(ExitCode.USAGE, Cli.run("cache").code());
  }

  @Test
  void everyCommandWithJsonIsDocumented() throws IOException {
    for (String command : UsageTest.commands().toList()) {
      if (Cli.run(command, "--help").out().contains("--json")) {
        assertTrue(documented(command).size() > 3, command);
      }
    }
  }
}
