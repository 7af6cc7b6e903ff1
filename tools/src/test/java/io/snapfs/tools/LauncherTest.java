package io.snapfs.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shell script {@code bin/snapfs}, started with a stand-in for Java that prints its arguments
 * or plays one part of the protocol by which a mount in the background reports that it is ready.
 */
class LauncherTest {

  /**
   * Understands the same properties as the real main class. {@code PART} says what to do with them.
   */
  private static final String FAKE_JAVA =
      """
      #!/bin/sh
      for argument; do
        case $argument in
          -Dsnapfs.ready=*) ready=${argument#*=} ;;
          -Dsnapfs.log=*) log=${argument#*=} ;;
        esac
      done
      case $PART in
        print) for argument; do echo "[$argument]"; done ;;
        exit) exit 3 ;;
        die) echo 'the last words' >&2; kill -9 $$ ;;
        refuse) echo 'snapfs: no store' >&2; echo 'error no store' >"$ready"; exit 7 ;;
        refuse-quietly) echo 'error no store' >"$ready"; exit 7 ;;
        serve) echo "log is $log"; echo $$ >"$PID_FILE"; echo ready >"$ready"; exec sleep 600 ;;
        hang) echo $$ >"$PID_FILE"; exec sleep 600 ;;
      esac
      """;

  private record Outcome(int code, String output) {}

  @TempDir Path folder;
  private Path jdk;
  private Path pidFile;
  private boolean javaIsOnPath;

  @BeforeEach
  void installBesideAFakeJava() throws IOException {
    Path launcher = folder.resolve("home/bin/snapfs");
    Files.createDirectories(launcher.getParent());
    Files.copy(Path.of("..", "bin", "snapfs"), launcher, COPY_ATTRIBUTES);
    Path jar = folder.resolve("home/tools/target/snapfs-tools-1.jar");
    Files.createDirectories(jar.getParent());
    Files.createFile(jar);
    Files.createDirectories(folder.resolve("run"));
    jdk = fakeJdk("17.0.15");
    pidFile = folder.resolve("pid");
  }

  @AfterEach
  void killWhatIsLeft() throws Exception {
    if (Files.exists(pidFile)) {
      ProcessHandle.of(fakeJavaPid()).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void argumentsReachJavaUnchanged() throws Exception {
    Outcome outcome = snapfs("print", "ls", "a b", "", "*", "--log");
    assertEquals(0, outcome.code);
    assertTrue(
        outcome.output.endsWith("[io.snapfs.tools.Main]\n[ls]\n[a b]\n[]\n[*]\n[--log]\n"),
        outcome.output);
  }

  /** HotSpot doesn't say so if the class that is to be optimised at once isn't there any more. */
  @Test
  void whatReadersHaveOptimisedAtOnceExists() throws Exception {
    Outcome outcome = snapfs("print", "mount", "--foreground", "store", "there");
    Matcher named =
        Pattern.compile("\\[-XX:CompileCommand=CompileThresholdScaling,([^*]+)\\.\\*,0\\.01]")
            .matcher(outcome.output);
    assertTrue(named.find(), outcome.output);
    Class<?> kernel = Class.forName(named.group(1).replace('/', '.'));
    assertTrue(
        Arrays.stream(kernel.getDeclaredMethods()).anyMatch(m -> m.getName().equals("join")));
  }

  @Test
  void findsItsHomeThroughSymlinks() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("home/bin/snapfs"));
    Outcome outcome = outcomeOf(start("print", link, "ls"));
    Path jar = folder.resolve("home/tools/target/snapfs-tools-1.jar");
    assertTrue(outcome.output.contains("[" + jar.toRealPath() + "]"), outcome.output);
  }

  @Test
  void exitCodeIsJavas() throws Exception {
    assertEquals(3, snapfs("exit", "verify", "store").code);
  }

  @Test
  void javaIsFoundOnThePathWhateverElseIsCalledSo() throws Exception {
    Files.createDirectories(folder.resolve("a *")); // no pattern
    Files.createFile(folder.resolve("a */java")); // not executable
    javaIsOnPath = true;
    Outcome outcome = snapfs("print", "ls");
    assertEquals(0, outcome.code, outcome.output);
    assertTrue(outcome.output.endsWith("[io.snapfs.tools.Main]\n[ls]\n"), outcome.output);
  }

  @Test
  void javaThatIsTooOldIsRefused() throws Exception {
    jdk = fakeJdk("11.0.2");
    Outcome outcome = snapfs("print", "ls");
    assertEquals(1, outcome.code);
    assertTrue(outcome.output.contains("is release 11; snapfs needs 17 or newer"), outcome.output);
  }

  @Test
  void newerJavaGetsTheOptionsThatSilenceItsWarnings() throws Exception {
    String option = "[--enable-native-access=ALL-UNNAMED]";
    assertFalse(snapfs("print", "ls").output.contains(option));
    jdk = fakeJdk("25");
    assertTrue(snapfs("print", "ls").output.contains(option));
  }

  @Test
  void anArchiveOfClassesIsUsedUnlessAJarIsNewer() throws Exception {
    Path archive = folder.resolve("home/tools/target/startup/classes-17.0.15.jsa");
    Files.createDirectories(archive.getParent());
    Files.createFile(archive);
    Path jar = folder.resolve("home/tools/target/snapfs-tools-1.jar");
    FileTime made = Files.getLastModifiedTime(archive);
    String option = "[-XX:SharedArchiveFile=" + archive.toRealPath() + "]";
    Files.setLastModifiedTime(jar, FileTime.from(made.toInstant().minusSeconds(9)));
    assertTrue(snapfs("print", "ls").output.contains(option));
    Files.setLastModifiedTime(jar, FileTime.from(made.toInstant().plusSeconds(9)));
    assertFalse(snapfs("print", "ls").output.contains(option));
    jdk = fakeJdk("17.0.16");
    Files.setLastModifiedTime(jar, FileTime.from(made.toInstant().minusSeconds(9)));
    assertFalse(snapfs("print", "ls").output.contains(option));
  }

  @Test
  void whatIsNotedOfJavaIsBelievedUntilJavaChanges() throws Exception {
    Path note = folder.resolve("home/tools/target/startup/java");
    Files.createDirectories(note.getParent());
    Files.writeString(note, "25.0.1 " + jdk.resolve("bin/java") + "\n");
    FileTime noted = Files.getLastModifiedTime(note);
    String optionOf25 = "[--enable-native-access=ALL-UNNAMED]";
    Path release = jdk.resolve("release");
    Files.setLastModifiedTime(release, FileTime.from(noted.toInstant().minusSeconds(9)));
    assertTrue(snapfs("print", "ls").output.contains(optionOf25));
    Files.setLastModifiedTime(release, FileTime.from(noted.toInstant().plusSeconds(9)));
    assertFalse(snapfs("print", "ls").output.contains(optionOf25));
    jdk = fakeJdk("17.0.16");
    assertFalse(snapfs("print", "ls").output.contains(optionOf25));
  }

  @Test
  void unbuiltTreeSaysHowToBuild() throws Exception {
    Files.delete(folder.resolve("home/tools/target/snapfs-tools-1.jar"));
    Outcome outcome = snapfs("print", "ls");
    assertEquals(1, outcome.code);
    assertTrue(outcome.output.contains("mvn package"), outcome.output);
  }

  @Test
  void mountReturnsWhenReadyAndJavaServesOn() throws Exception {
    Outcome outcome = snapfs("serve", "mount", "store", "there");
    assertEquals(new Outcome(0, ""), outcome);
    assertTrue(ProcessHandle.of(fakeJavaPid()).isPresent());
    Path log = folder.resolve("run/snapfs/mount-" + fakeJavaPid() + ".log");
    assertEquals("log is " + log + "\n", Files.readString(log));
  }

  @Test
  void mountMayFollowOptionsOfEveryCommand() throws Exception {
    assertEquals(new Outcome(0, ""), snapfs("serve", "-v", "--debug", "mount", "store", "there"));
    Outcome outcome = snapfs("print", "help", "mount");
    assertTrue(outcome.output.endsWith("[help]\n[mount]\n"), outcome.output);
  }

  @Test
  void mountInTheForegroundIsJavaItself() throws Exception {
    for (String option : List.of("-f", "--foreground", "--help")) {
      Outcome outcome = snapfs("print", "mount", "store", "there", option);
      assertTrue(outcome.output.endsWith("[there]\n[" + option + "]\n"), outcome.output);
      assertFalse(outcome.output.contains("snapfs.ready"), outcome.output);
    }
  }

  @Test
  void logOptionNamesTheLogAndIsKeptFromJava() throws Exception {
    Path log = folder.resolve("my log");
    Files.writeString(log, "from before\n");
    assertEquals(0, snapfs("serve", "mount", "--log", log.toString(), "store", "there").code);
    assertEquals("from before\nlog is " + log + "\n", Files.readString(log));
    Outcome refused = snapfs("refuse", "mount", "store", "there", "--log", log.toString());
    assertEquals(new Outcome(7, "snapfs: no store\n"), refused);

    Outcome outcome = snapfs("print", "mount", "-f", "--log=" + log, "store", "there");
    assertEquals(new Outcome(0, ""), outcome);
    assertTrue(Files.readString(log).endsWith("[mount]\n[-f]\n[store]\n[there]\n"));
  }

  @Test
  void mountThatReportsAnErrorPassesOnItsTextAndCode() throws Exception {
    for (String part : List.of("refuse", "refuse-quietly")) {
      assertEquals(
          new Outcome(7, "snapfs: no store\n"), snapfs(part, "mount", "store", "there"), part);
    }
    assertLeftNothing();
  }

  @Test
  void mountWhoseJavaDiesShowsWhatItPrinted() throws Exception {
    Outcome outcome = snapfs("die", "mount", "store", "there");
    assertEquals(128 + 9, outcome.code);
    assertTrue(outcome.output.contains("the last words"), outcome.output);
    assertLeftNothing();
  }

  @Test
  void mountThatEndsWithoutAWordIsAFailure() throws Exception {
    assertEquals(1, snapfs("print", "mount", "store", "there").code);
  }

  @Test
  void interruptedLauncherTakesItsJavaAlong() throws Exception {
    Process launcher = start("hang", folder.resolve("home/bin/snapfs"), "mount", "store", "there");
    while (!Files.exists(pidFile) || Files.size(pidFile) == 0) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    ProcessHandle java = ProcessHandle.of(fakeJavaPid()).orElseThrow();
    launcher.toHandle().destroy(); // Process.destroy would close its output as well
    assertEquals(128 + 15, outcomeOf(launcher).code);
    java.onExit().get(60, SECONDS);
    try (Stream<Path> left = Files.list(folder.resolve("tmp"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  private void assertLeftNothing() throws IOException {
    try (Stream<Path> left = Files.walk(folder.resolve("run"))) {
      assertEquals(List.of(), left.filter(Files::isRegularFile).collect(Collectors.toList()));
    }
    try (Stream<Path> left = Files.list(folder.resolve("tmp"))) {
      assertEquals(List.of(), left.collect(Collectors.toList()));
    }
  }

  private Path fakeJdk(String release) throws IOException {
    Path home = folder.resolve("jdk-" + release);
    Path java = home.resolve("bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(java, FAKE_JAVA);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + release + "\"\n");
    return home;
  }

  private long fakeJavaPid() throws IOException {
    return Long.parseLong(Files.readString(pidFile).trim());
  }

  private Outcome snapfs(String part, String... arguments) throws Exception {
    return outcomeOf(start(part, folder.resolve("home/bin/snapfs"), arguments));
  }

  private Process start(String part, Path launcher, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    if (javaIsOnPath) {
      builder.environment().remove("JAVA_HOME");
      String path = folder.resolve("a *") + ":" + jdk.resolve("bin");
      builder.environment().merge("PATH", path, (old, own) -> own + ":" + old);
    } else {
      builder.environment().put("JAVA_HOME", jdk.toString());
    }
    builder.environment().put("PART", part);
    builder.environment().put("PID_FILE", pidFile.toString());
    builder.environment().put("XDG_RUNTIME_DIR", folder.resolve("run").toString());
    builder.environment().put("TMPDIR", Files.createDirectories(folder.resolve("tmp")).toString());
    return builder.start();
  }

  private static Outcome outcomeOf(Process process) throws Exception {
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor(60, SECONDS), "the launcher hangs");
    return new Outcome(process.exitValue(), output);
  }
}
