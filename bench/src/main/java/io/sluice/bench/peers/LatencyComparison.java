package io.sluice.bench.peers;

import io.sluice.bench.MarkdownTable;
import io.sluice.bench.Spread;
import io.sluice.bench.chart.Chart;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** How long does a row of ten columns take to whoever follows, and to its acknowledgement? */
final class LatencyComparison {

  private static final int[] RATES = {100, 1_000};
  private static final String SHAPE = " shape=TEN buckets=1";

  private final PeerOptions options;

  LatencyComparison(PeerOptions options) {
    this.options = options;
  }

  Comparison run() throws Exception {
    Comparison comparison = new Comparison();
    List<Contestant> followed = options.taking(Contestants.FOLLOWED);
    List<Chart.Group> groups = new ArrayList<>();
    try (Contest contest = options.newContest()) {
      // First, as it warms everything up.
      Rounds capacity =
          Rounds.afterOne(
              contest,
              followed,
              options.rounds(),
              each -> command("capacity", options.compileSeconds()),
              each -> command("capacity", options.seconds()));
      for (int rate : RATES) {
        Rounds rounds =
            Rounds.of(contest, followed, options.rounds(), each -> atRate("latency", rate));
        List<Contestant> alone = options.taking(List.of(Contestants.BOOKKEEPER));
        Rounds acks = Rounds.of(contest, alone, options.rounds(), each -> atRate("acks", rate));
        MarkdownTable table = table("From append to subscriber, " + rate + " rows/s");
        followed.forEach(each -> line(table, each, Integer.toString(rate), rounds));
        alone.forEach(each -> line(table, each, Integer.toString(rate), acks));
        comparison.add(table);
        groups.add(new Chart.Group(rate + " rows/s", lines(followed, rounds)));
      }
      comparison.add(half(contest, followed, capacity, groups));
    }
    comparison.add(
        "latency.svg",
        new Chart(
            "From append to subscriber: p50 and p99",
            "ms, medians of the rounds",
            Chart.Kind.RANGES,
            groups));
    return comparison;
  }

  private MarkdownTable half(
      Contest contest, List<Contestant> followed, Rounds capacity, List<Chart.Group> groups) {
    Map<Contestant, Double> rates = new LinkedHashMap<>();
    for (Contestant each : followed) {
      double rate = capacity.median(each, "rows") / 2;
      if (rate >= 1) {
        rates.put(each, rate);
      }
    }
    List<Contestant> known = List.copyOf(rates.keySet());
    Rounds rounds =
        Rounds.of(
            contest,
            known,
            options.rounds(),
            each -> atRate("latency", Objects.requireNonNull(rates.get(each))));
    MarkdownTable table =
        table("From append to subscriber, at half of what each system can do when it is followed");
    rates.forEach((each, rate) -> line(table, each, Spread.number(rate), rounds));
    groups.add(new Chart.Group("half of its own capacity", lines(known, rounds)));
    return table;
  }

  private static MarkdownTable table(String title) {
    return new MarkdownTable(
        title,
        "system",
        "rows/s",
        "to subscriber, ms: p50",
        "p99",
        "p99.9",
        "to ack, ms: p50",
        "p99",
        "p99.9");
  }

  private static void line(MarkdownTable table, Contestant each, String rate, Rounds rounds) {
    table.line(
        each.label(),
        rate,
        rounds.text(each, "tail-p50"),
        rounds.text(each, "tail-p99"),
        rounds.text(each, "tail-p999"),
        rounds.text(each, "ack-p50"),
        rounds.text(each, "ack-p99"),
        rounds.text(each, "ack-p999"));
  }

  private static List<Chart.Line> lines(List<Contestant> contestants, Rounds rounds) {
    return contestants.stream()
        .map(
            each -> {
              double p50 = rounds.median(each, "tail-p50");
              return Contestants.line(each, p50, p50, rounds.median(each, "tail-p99"));
            })
        .toList();
  }

  private String command(String name, double seconds) {
    return String.format(
        Locale.ROOT, "%s%s warm=%.1f seconds=%.1f", name, SHAPE, options.warmUpSeconds(), seconds);
  }

  private String atRate(String name, double rate) {
    return command(name, options.seconds()) + String.format(Locale.ROOT, " rate=%.0f", rate);
  }
}
