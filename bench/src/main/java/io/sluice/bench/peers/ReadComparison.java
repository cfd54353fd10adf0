package io.sluice.bench.peers;

import io.sluice.bench.MarkdownTable;
import io.sluice.bench.Spread;
import io.sluice.bench.chart.Chart;
import io.sluice.bench.measure.RowShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How fast does a subscriber that begins at the first row catch up? */
final class ReadComparison {

  private static final double MB = 1e6;

  private final PeerOptions options;

  ReadComparison(PeerOptions options) {
    this.options = options;
  }

  Comparison run() throws Exception {
    Comparison comparison = new Comparison();
    List<Contestant> contestants = new ArrayList<>();
    contestants.add(Contestants.BOOKKEEPER);
    contestants.addAll(Contestants.FOLLOWED);
    List<Contestant> taking =
        options.taking(
            contestants.stream()
                .filter(each -> each.competitor() != Competitor.FLUSS_FSYNC)
                .filter(each -> !each.equals(Contestants.KAFKA_FSYNC))
                .toList());
    List<Chart.Group> groups = new ArrayList<>();
    try (Contest contest = options.newContest()) {
      catchUp(contest, taking, RowShape.TEN, options.rows(), comparison, groups);
      catchUp(contest, taking, RowShape.KIB, options.rows() / 4, comparison, groups);
      projected(contest, comparison);
    }
    comparison.add(
        "catch-up.svg",
        new Chart("Catching up with one bucket", "rows/s", Chart.Kind.BARS, groups));
    return comparison;
  }

  private void catchUp(
      Contest contest,
      List<Contestant> contestants,
      RowShape shape,
      long rows,
      Comparison comparison,
      List<Chart.Group> groups) {
    Rounds rounds = measured(contest, contestants, command(shape, rows, false));
    String what = shape == RowShape.KIB ? "rows of 1 KiB" : "rows of ten columns";
    MarkdownTable table =
        new MarkdownTable("Catching up, " + what, "system", "rows/s", "MB/s", "Sluice to it");
    double sluice = rounds.median(Contestants.SLUICE, "all");
    for (Contestant each : contestants) {
      double median = rounds.median(each, "all");
      table.line(
          label(each),
          rounds.text(each, "all"),
          Spread.number(median * shape.plainBytes() / MB),
          "%.2f".formatted(sluice / median));
    }
    table.note(
        rows
            + " rows in one bucket, just written, all columns: once, and then again and again for two"
            + " seconds, which count. Of each row the id is looked at.");
    comparison.add(table);
    groups.add(group(what, "all", contestants, rounds));
  }

  private Rounds measured(Contest contest, List<Contestant> contestants, String what) {
    return Rounds.afterOne(contest, contestants, options.rounds(), each -> what, each -> what);
  }

  private static Chart.Group group(
      String name, String figure, List<Contestant> contestants, Rounds rounds) {
    return new Chart.Group(
        name,
        contestants.stream()
            .map(each -> Contestants.line(each, rounds.spread(each, figure)))
            .toList());
  }

  private void projected(Contest contest, Comparison comparison) {
    List<Contestant> contestants =
        options.taking(List.of(Contestants.SLUICE, Contestants.SLUICE_LARGE, Contestants.FLUSS));
    long rows = options.rows();
    Rounds rounds = measured(contest, contestants, command(RowShape.TWENTY, rows, true));
    MarkdownTable table =
        new MarkdownTable(
            "Following one column of twenty",
            "system",
            "all columns, rows/s",
            "one column, rows/s",
            "ratio",
            "all columns, bytes a row",
            "one column, bytes a row",
            "share");
    for (Contestant each : contestants) {
      double all = rounds.median(each, "all-bytes");
      double one = rounds.median(each, "one-bytes");
      table.line(
          label(each),
          rounds.text(each, "all"),
          rounds.text(each, "one"),
          "%.1f".formatted(rounds.median(each, "one") / rounds.median(each, "all")),
          bytes(all / rows),
          bytes(one / rows),
          Double.isFinite(one) ? "%.1f %%".formatted(100 * one / all) : "not counted");
    }
    table.note(
        rows
            + " rows in one bucket, read from the begin by a subscriber; the column is the 64-bit"
            + " id. Bytes are what came over TCP to Arrow's own Flight client that read the same"
            + " rows once through a relay that counts, gRPC and Arrow headers included.");
    comparison.add(table);
    comparison.add(
        "projection.svg",
        new Chart(
            "Following twenty columns, and one of them",
            "rows/s",
            Chart.Kind.BARS,
            List.of(
                group("all columns", "all", contestants, rounds),
                group("one column", "one", contestants, rounds))));
  }

  private static String label(Contestant contestant) {
    // What was written with or without fsync is read alike.
    return contestant.label().replace(", no fsync", "");
  }

  private static String bytes(double value) {
    return Double.isFinite(value) ? Spread.number(value) : "not counted";
  }

  private static String command(RowShape shape, long rows, boolean projected) {
    return String.format(
        Locale.ROOT, "read shape=%s buckets=1 rows=%d projected=%b", shape, rows, projected);
  }
}
