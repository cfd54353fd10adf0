package io.sluice.bench;

import java.util.ArrayList;
import java.util.List;

/** A table for a report. */
public final class MarkdownTable {

  private final String title;
  private final List<List<String>> lines = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  public MarkdownTable(String title, String... columns) {
    this.title = title;
    lines.add(List.of(columns));
    lines.add(lines.get(0).stream().map(column -> "---").toList());
  }

  /** Adds a line, with one cell for each column. */
  public void line(String... cells) {
    if (cells.length != lines.get(0).size()) {
      throw new IllegalArgumentException(
          "line of " + cells.length + " cells in a table of " + lines.get(0).size());
    }
    lines.add(List.of(cells));
  }

  /** Adds a sentence below the table. */
  public void note(String sentence) {
    notes.add(sentence);
  }

  /** Returns all of it. */
  public String text() {
    StringBuilder text = new StringBuilder("### " + title + "\n\n");
    for (List<String> line : lines) {
      text.append("| ").append(String.join(" | ", line)).append(" |\n");
    }
    notes.forEach(note -> text.append("\n").append(note).append("\n"));
    return text.toString();
  }
}
