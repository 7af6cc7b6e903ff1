package io.snapfs.tools.console;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows in aligned columns. Cells are made safe for terminals. Not safe for use by many threads.
 *
 * <pre>
 * ARTIFACT       CREATED                LOGICAL
 * worker:v1      2026-11-21 10:00:00Z   1.4 GiB
 * </pre>
 */
public final class Table {
  /** On which side of its column a cell stands. */
  public enum Align {
    LEFT,
    RIGHT
  }

  private static final String GAP = "  ";

  private final List<Align> aligns = new ArrayList<>();
  private final List<String> titles = new ArrayList<>();
  private final List<String[]> rows = new ArrayList<>();

  /** Adds a column; all of them before the first row. */
  public Table column(String title, Align align) {
    titles.add(title);
    aligns.add(align);
    return this;
  }

  /** Adds a row with a cell for each column. */
  public Table row(String... cells) {
    if (cells.length != titles.size()) {
      throw new IllegalArgumentException(cells.length + " cells for " + titles.size() + " columns");
    }
    String[] safe = new String[cells.length];
    for (int i = 0; i < cells.length; i++) {
      safe[i] = Text.printable(cells[i]).replace('\n', '?').replace('\t', '?');
    }
    rows.add(safe);
    return this;
  }

  /** Prints the titles, unless all are empty, and the rows. */
  public void print(Console console) {
    int[] widths = widths();
    if (titles.stream().anyMatch(title -> !title.isEmpty())) {
      console.print(line(titles.toArray(String[]::new), widths));
    }
    for (String[] row : rows) {
      console.print(line(row, widths));
    }
  }

  private int[] widths() {
    int[] widths = new int[titles.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = length(titles.get(i));
      for (String[] row : rows) {
        widths[i] = Math.max(widths[i], length(row[i]));
      }
    }
    return widths;
  }

  private String line(String[] cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.length; i++) {
      String padding = " ".repeat(widths[i] - length(cells[i]));
      line.append(i == 0 ? "" : GAP);
      line.append(aligns.get(i) == Align.LEFT ? cells[i] + padding : padding + cells[i]);
    }
    return line.toString().stripTrailing();
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
