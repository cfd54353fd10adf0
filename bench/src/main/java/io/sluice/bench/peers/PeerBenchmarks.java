package io.sluice.bench.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.bench.chart.Chart;
import java.nio.file.Files;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Compares Sluice to its peers; prints tables as Markdown and writes charts. */
public final class PeerBenchmarks {

  /** Runs it; the options are those of {@link PeerOptions}. */
  public static void main(String[] args) throws Exception {
    PeerOptions options = PeerOptions.parse(args);
    List<Comparison> comparisons = new ArrayList<>();
    if (options.only().contains("latency")) {
      comparisons.add(new LatencyComparison(options).run());
    }
    if (options.only().contains("produce")) {
      comparisons.add(new ProduceComparison(options).run());
    }
    if (options.only().contains("read")) {
      comparisons.add(new ReadComparison(options).run());
    }
    System.out.println(header(options) + "\n");
    Contestants.SETTINGS.forEach(sentences -> System.out.println("- " + sentences));
    System.out.println();
    Files.createDirectories(options.charts());
    for (Comparison comparison : comparisons) {
      comparison.tables().forEach(table -> System.out.println(table.text()));
      for (Map.Entry<String, Chart> chart : comparison.charts().entrySet()) {
        Files.writeString(options.charts().resolve(chart.getKey()), chart.getValue().svg(), UTF_8);
      }
    }
    System.exit(0);
  }

  private static String header(PeerOptions options) {
    return "Run at "
        + Instant.now().truncatedTo(ChronoUnit.MINUTES)
        + ", JDK "
        + Runtime.version()
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " cores; medians (least..most) of "
        + options.rounds()
        + " rounds of "
        + options.seconds()
        + " s, latency after "
        + options.warmUpSeconds()
        + " s at 1,000 rows/s.";
  }

  private PeerBenchmarks() {}
}
