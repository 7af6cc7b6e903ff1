package io.snapfs.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.snapfs.tools.Cli;
import io.snapfs.tools.console.Console;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.CommandSpec;

/** What all commands have in common: help, version, refusals. */
final class UsageTest {
  /** Those of picocli, and what is for the launcher and hidden. */
  private static final Set<String> NOT_OURS = Set.of("help", "generate-completion", "attend");

  private static final PrintStream NOWHERE =
      new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
  private static final Console NOBODY = new Console(NOWHERE, NOWHERE, false);

  static Stream<String> commands() {
    return SnapfsCommand.commandLine(NOBODY).getSubcommands().keySet().stream()
        .filter(name -> !NOT_OURS.contains(name));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpHasExamplesAndExitCodes(String command) {
    Cli.Result help = Cli.run(command, "--help");
    assertEquals(ExitCode.OK, help.code());
    assertEquals("", help.err());
    assertTrue(help.out().startsWith("Usage: snapfs " + command + " "), help.out());
    assertTrue(help.out().contains("\nExamples:\n  snapfs " + command), help.out());
    assertTrue(help.out().contains("\nExit codes:\n"), help.out());
    assertTrue(help.out().contains("  3   damage"), help.out());
    assertEquals(help, Cli.run("help", command));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void anUnknownOptionIsRefusedWithTheNameOfTheHelp(String command) {
    Cli.Result result = Cli.run(command, "--no-such-option");
    assertEquals(ExitCode.USAGE, result.code());
    assertEquals("", result.out());
    assertTrue(result.err().startsWith("snapfs: "), result.err());
    assertTrue(result.err().contains("'snapfs " + command + " --help'"), result.err());
  }

  /** Reading annotations is a fifth of the start of a mount. */
  @ParameterizedTest
  @ValueSource(strings = {"mount", "umount", "ls"})
  void whatSomebodyWaitsForReadsNoAnnotations(String command) {
    CommandSpec root = SnapfsCommand.commandLine(NOBODY, new String[] {command}).getCommandSpec();
    assertEquals(Set.of(command), root.subcommands().keySet());
    for (CommandSpec spec : List.of(root, root.subcommands().get(command).getCommandSpec())) {
      assertEquals(Map.of(), spec.mixins()); // such as the annotated one of the help
      Class<?> type = spec.userObject().getClass();
      assertEquals(0, type.getAnnotations().length);
      for (Field field : type.getDeclaredFields()) {
        assertEquals(0, field.getAnnotations().length, field.toString());
      }
    }
  }

  @Test
  void theHelpListsAllCommands() {
    Cli.Result help = Cli.run("--help");
    assertEquals(ExitCode.OK, help.code());
    commands().forEach(name -> assertTrue(help.out().contains("\n  " + name + " "), name));
  }

  @Test
  void theVersionIsKnown() {
    Cli.Result version = Cli.run("--version");
    assertEquals(ExitCode.OK, version.code());
    assertTrue(version.out().startsWith("snapfs "), version.out());
  }

  @Test
  void aCommandIsNeeded() {
    assertEquals(ExitCode.USAGE, Cli.run().code());
  }

  @Test
  void aMisspeltCommandIsCorrected() {
    Cli.Result result = Cli.run("umuont", "/mnt");
    assertEquals(ExitCode.USAGE, result.code());
    assertTrue(result.err().startsWith("snapfs: there is no command 'umuont'\n"), result.err());
    assertTrue(result.err().contains("snapfs umount"), result.err());
  }

  @Test
  void whatIsTooMuchIsNamed() {
    assertTrue(
        Cli.run("umount", "/a", "/b").err().startsWith("snapfs: one argument too many: '/b'\n"));
    assertTrue(Cli.run("ls", "/x", "--all").err().startsWith("snapfs: unknown option '--all'\n"));
  }

  @Test
  void completionIsForBash() {
    Cli.Result script = Cli.run("generate-completion");
    assertEquals(ExitCode.OK, script.code());
    assertTrue(script.out().contains("complete -F _complete_snapfs"), "no completion");
  }

  @Test
  void stackTracesAreShownOnDemandOnly(@TempDir Path dir) {
    Cli.Result quiet = Cli.run("umount", dir);
    assertEquals(ExitCode.FAILURE, quiet.code());
    assertEquals(
        "snapfs: nothing is mounted at " + dir + "; see: mount -t fuse.snapfs\n", quiet.err());
    Cli.Result debug = Cli.run("umount", dir, "--debug");
    assertTrue(debug.err().contains("\tat io.snapfs.tools."), debug.err());
    Cli.Result before = Cli.run("--debug", "umount", dir);
    assertTrue(before.err().contains("\tat io.snapfs.tools."), before.err());
  }

  @Test
  void otherFilesystemsAreNotUnmounted() {
    Cli.Result result = Cli.run("umount", "/proc");
    assertEquals(ExitCode.FAILURE, result.code());
    assertTrue(result.err().contains("/proc is not a snapfs mount but proc"), result.err());
  }
}
