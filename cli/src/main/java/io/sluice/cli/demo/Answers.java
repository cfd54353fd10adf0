package io.sluice.cli.demo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The rows of the tables that the SQL shell printed, read back to be compared. */
public final class Answers {

  /**
   * One printed table.
   *
   * @param columns its header
   * @param rows its rows' cells, as text without the padding
   */
  public record Printed(List<String> columns, List<List<String>> rows) {

    /** Returns a row's cell by its column's name. */
    public String cell(int row, String column) {
      return rows.get(row).get(columns.indexOf(column));
    }
  }

  private Answers() {}

  /** Returns the tables in a shell's output, in order. */
  public static List<Printed> read(List<String> lines) {
    List<Printed> tables = new ArrayList<>();
    List<List<String>> rows = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("|")) {
        rows.add(cells(line));
      } else if (!line.startsWith("+") && !rows.isEmpty()) {
        tables.add(new Printed(rows.get(0), List.copyOf(rows.subList(1, rows.size()))));
        rows = new ArrayList<>();
      }
    }
    return tables;
  }

  private static List<String> cells(String line) {
    String[] cells = line.substring(1, line.lastIndexOf('|')).split("\\|", -1);
    return Arrays.stream(cells).map(String::strip).toList();
  }

  /**
   * Compares what SQL answered with what the CSV says.
   *
   * @return what differs, one sentence each; empty when all is right
   */
  public static List<String> differences(List<Printed> tables, FlightFigures csv) {
    if (tables.size() < 2) {
      return List.of("Flink SQL answered " + tables.size() + " questions instead of three");
    }
    List<String> wrong = new ArrayList<>();
    compare(wrong, "flights", csv.flights(), tables.get(0).cell(0, "flights"));
    compare(wrong, "different flights", csv.flights(), tables.get(0).cell(0, "different"));
    Printed byCarrier = tables.get(1);
    Map<String, Integer> rowOf = new TreeMap<>();
    for (int row = 0; row < byCarrier.rows().size(); row++) {
      rowOf.put(byCarrier.cell(row, "carrier"), row);
    }
    compare(wrong, "carriers", csv.carriers().size(), String.valueOf(rowOf.size()));
    csv.carriers()
        .forEach(
            (code, figures) -> {
              Integer row = rowOf.get(code);
              if (row == null) {
                wrong.add("carrier " + code + " is missing from the answer");
                return;
              }
              compare(wrong, code + " flights", figures.flights(), byCarrier.cell(row, "flights"));
              compare(
                  wrong, code + " departed", figures.departed(), byCarrier.cell(row, "departed"));
              compare(
                  wrong,
                  code + " delay minutes",
                  figures.delayMinutes(),
                  byCarrier.cell(row, "delay_minutes"));
            });
    return wrong;
  }

  private static void compare(List<String> wrong, String what, long csv, String sql) {
    if (!sql.equals(String.valueOf(csv))) {
      wrong.add(what + ": the CSV has " + csv + ", SQL answered " + sql);
    }
  }
}
