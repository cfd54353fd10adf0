package io.sluice.bench.peers;

import io.sluice.bench.MarkdownTable;
import io.sluice.bench.Spread;
import io.sluice.bench.chart.Chart;
import io.sluice.bench.measure.RowShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How many rows a second does one producer bring to where they are durable? */
final class ProduceComparison {

  private static final int WARM_UP_SECONDS = 1;
  private static final double MB = 1e6;

  private final PeerOptions options;

  ProduceComparison(PeerOptions options) {
    this.options = options;
  }

  Comparison run() throws Exception {
    Comparison comparison = new Comparison();
    compare(RowShape.KIB, "rows of 1 KiB", comparison);
    compare(RowShape.TEN, "rows of ten columns", comparison);
    return comparison;
  }

  private void compare(RowShape shape, String what, Comparison comparison) throws Exception {
    List<Chart.Group> groups = new ArrayList<>();
    for (int buckets : options.buckets()) {
      List<Contestant> contestants = options.taking(Contestants.producers(shape == RowShape.KIB));
      // New processes each time: no system's disk or caches are full of what was before.
      try (Contest contest = options.newContest()) {
        Rounds rounds =
            Rounds.afterOne(
                contest,
                contestants,
                options.rounds(),
                each -> command(shape, buckets, options.compileSeconds()),
                each -> command(shape, buckets, options.seconds()));
        String title = "Producing " + what + ", " + count(buckets);
        comparison.add(table(title, shape, contestants, rounds));
        groups.add(
            new Chart.Group(
                count(buckets),
                contestants.stream()
                    .map(each -> Contestants.line(each, rounds.spread(each, "rows")))
                    .toList()));
      }
    }
    comparison.add(
        "produce-" + shape.name().toLowerCase(Locale.ROOT) + ".svg",
        new Chart("One producer, " + what, "acknowledged rows/s", Chart.Kind.BARS, groups));
  }

  private static String command(RowShape shape, int buckets, double seconds) {
    return String.format(
        Locale.ROOT,
        "produce shape=%s buckets=%d warm=%d seconds=%.1f",
        shape,
        buckets,
        WARM_UP_SECONDS,
        seconds);
  }

  private static MarkdownTable table(
      String title, RowShape shape, List<Contestant> contestants, Rounds rounds) {
    MarkdownTable table =
        new MarkdownTable(title, "system", "rows/s", "MB/s", "Sluice's best to it");
    double best =
        contestants.stream()
            .filter(each -> each.competitor() == Competitor.SLUICE)
            .mapToDouble(each -> rounds.median(each, "rows"))
            .filter(Double::isFinite)
            .max()
            .orElse(Double.NaN);
    double bytes = shape.plainBytes();
    for (Contestant each : contestants) {
      double median = rounds.median(each, "rows");
      table.line(
          each.label(),
          rounds.text(each, "rows"),
          Spread.number(median * bytes / MB),
          "%.2f".formatted(best / median));
    }
    table.note("MB are of %.0f bytes a row, whatever a system makes of them.".formatted(bytes));
    return table;
  }

  private static String count(int buckets) {
    return buckets == 1 ? "1 bucket" : buckets + " buckets";
  }
}
