package io.snapfs.tools.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.OverwrittenOptionException;

final class DeclaredTest {
  private final Map<String, Object> values = new HashMap<>();
  private final CommandLine line = new CommandLine(spec());

  private CommandSpec spec() {
    CommandSpec spec = CommandSpec.create();
    spec.addPositional(
        Declared.parameter(0, Path.class, given -> values.put("path", given))
            .paramLabel("PATH")
            .build());
    spec.addOption(
        Declared.option(Integer.class, given -> values.put("n", given), "-n", "--number").build());
    spec.addOption(Declared.flag(given -> values.put("flag", given), "-f", "--flag").build());
    spec.addOption(Declared.texts(given -> values.put("texts", given), "-o").build());
    Declared.addHelp(spec);
    return spec;
  }

  @Test
  void valuesArrive() {
    line.parseArgs("here", "-n", "3", "--flag", "-o", "a", "-o", "b,c");
    Map<String, Object> expected =
        Map.of("path", Path.of("here"), "n", 3, "flag", true, "texts", List.of("a", "b,c"));
    assertEquals(expected, values);
  }

  @Test
  void whatIsNotGivenIsAsIfNeverSet() {
    line.parseArgs("here", "-n", "3", "-f", "-o", "a");
    line.parseArgs("there");
    Map<String, Object> expected = new HashMap<>();
    expected.put("path", Path.of("there"));
    expected.put("n", null);
    expected.put("flag", false);
    expected.put("texts", List.of());
    assertEquals(expected, values);
  }

  @Test
  void aParameterMustBeGiven() {
    MissingParameterException missing =
        assertThrows(MissingParameterException.class, () -> line.parseArgs("-f"));
    assertEquals("Missing required parameter: 'PATH'", missing.getMessage());
  }

  @Test
  void anOptionIsGivenOnce() {
    assertThrows(
        OverwrittenOptionException.class, () -> line.parseArgs("here", "-n", "3", "--number", "4"));
  }

  @Test
  void helpNeedsNoParameter() {
    assertTrue(line.parseArgs("--help").isUsageHelpRequested());
    assertTrue(line.parseArgs("-V").isVersionHelpRequested());
  }
}
