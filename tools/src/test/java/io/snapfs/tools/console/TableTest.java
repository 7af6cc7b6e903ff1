package io.snapfs.tools.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class TableTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private final Console console = new Console(stream, stream, false);

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void columnsAreAsWideAsTheirWidestCell() {
    new Table()
        .column("NAME", Table.Align.LEFT)
        .column("SIZE", Table.Align.RIGHT)
        .row("a", "1.0 KiB")
        .row("größer", "2 B")
        .print(console);
    assertEquals("NAME       SIZE\na       1.0 KiB\ngrößer      2 B\n", printed());
  }

  @Test
  void emptyTitlesAreNotPrinted() {
    new Table()
        .column("", Table.Align.LEFT)
        .column("", Table.Align.LEFT)
        .row("key", "value")
        .print(console);
    assertEquals("key  value\n", printed());
  }

  @Test
  void cellsCannotBreakTheirLine() {
    new Table().column("K", Table.Align.LEFT).row("a\nb\u001b").print(console);
    assertEquals("K\na?b?\n", printed());
  }

  @Test
  void rowsHaveACellForEachColumn() {
    Table table = new Table().column("K", Table.Align.LEFT);
    assertThrows(IllegalArgumentException.class, () -> table.row("1", "2"));
  }
}
