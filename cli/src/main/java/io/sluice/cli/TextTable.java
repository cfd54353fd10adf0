package io.sluice.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows of text in aligned columns. Cells that are numbers stand to the right. */
final class TextTable {

  private final List<String[]> rows = new ArrayList<>();
  private final int[] widths;

  TextTable(String... header) {
    widths = new int[header.length];
    row(header);
  }

  TextTable row(String... cells) {
    if (cells.length != widths.length) {
      throw new IllegalArgumentException(
          "a row has " + widths.length + " cells, not " + cells.length);
    }
    for (int i = 0; i < cells.length; i++) {
      widths[i] = Math.max(widths[i], cells[i].length());
    }
    rows.add(cells.clone());
    return this;
  }

  void print(PrintWriter out) {
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        boolean number = !row[i].isEmpty() && row[i].chars().allMatch(TextTable::numeric);
        String pad = " ".repeat(widths[i] - row[i].length());
        line.append(i == 0 ? "" : "  ").append(number ? pad + row[i] : row[i] + pad);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private static boolean numeric(int c) {
    return Character.isDigit(c) || c == ',' || c == '.' || c == '-';
  }
}
