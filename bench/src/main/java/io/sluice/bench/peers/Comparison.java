package io.sluice.bench.peers;

import io.sluice.bench.MarkdownTable;
import io.sluice.bench.chart.Chart;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a comparison found: tables for a page, and charts by the name of their file. */
final class Comparison {

  private final List<MarkdownTable> tables = new ArrayList<>();
  private final Map<String, Chart> charts = new TreeMap<>();

  void add(MarkdownTable table) {
    tables.add(table);
  }

  /**
   * Adds a chart.
   *
   * @param file its file's name, without a folder
   */
  void add(String file, Chart chart) {
    charts.put(file, chart);
  }

  List<MarkdownTable> tables() {
    return List.copyOf(tables);
  }

  Map<String, Chart> charts() {
    return Map.copyOf(charts);
  }
}
