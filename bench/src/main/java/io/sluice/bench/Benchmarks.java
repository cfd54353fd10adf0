package io.sluice.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Runs the benchmarks and prints their tables as Markdown. Arguments, as {@code --name value}:
 *
 * <ul>
 *   <li>{@code --data FOLDER}: where ledgers and lake go; on the disk that is to be measured.
 *       Required, and must be empty or missing.
 *   <li>{@code --only NAMES}: some of {@code
 *       ingest,latency,followers,buckets,compaction,union,lake-scan,metadata,sink,flink-latency};
 *       by default all but buckets, which takes minutes to open 10,000 of them.
 *   <li>{@code --rounds N}: how often each measurement is made, 3 by default.
 *   <li>{@code --seconds S}: how long one takes, 4 by default.
 *   <li>{@code --bookies N}: how many bookies, 1 by default; each entry is stored by all of them,
 *       and acknowledged by two.
 *   <li>{@code --rows N}: rows of a table that is scanned or compacted, 1,000,000 by default.
 * </ul>
 */
public final class Benchmarks {

  private static final Set<String> OPTIONS =
      Set.of("--data", "--only", "--rounds", "--seconds", "--rows", "--bookies");
  private static final String SERVER_HEAP = "1g";

  /** Runs them; see the class. */
  public static void main(String[] args) throws Exception {
    Map<String, String> options = parse(args);
    Path data = Path.of(options.getOrDefault("--data", "")).toAbsolutePath().normalize();
    requireEmpty(data);
    Set<String> only =
        Set.of(
            options
                .getOrDefault(
                    "--only",
                    "ingest,latency,followers,compaction,union,lake-scan,metadata,sink,flink-latency")
                .split(","));
    List<String> texts = new ArrayList<>();
    int bookies = Integer.parseInt(options.getOrDefault("--bookies", "1"));
    try (ServerProcess server = ServerProcess.start(data, bookies, SERVER_HEAP);
        RawLedgers raw = RawLedgers.connect(server.metadataUri(), bookies)) {
      Bench bench =
          new Bench(
              server,
              raw,
              Integer.parseInt(options.getOrDefault("--rounds", "3")),
              Double.parseDouble(options.getOrDefault("--seconds", "4")),
              Integer.parseInt(options.getOrDefault("--rows", "1000000")));
      run(bench, data, only, texts);
    }
    System.out.println(header(options));
    texts.forEach(System.out::println);
    System.exit(0);
  }

  private static void run(Bench bench, Path data, Set<String> only, List<String> texts)
      throws Exception {
    if (only.contains("ingest")) {
      try (ServerProcess discarding =
          ServerProcess.startDiscarding(data.resolve("discarding"), SERVER_HEAP)) {
        texts.add(new IngestBenchmark(bench, discarding).run().text());
      }
    }
    if (only.contains("latency")) {
      texts.add(new LatencyBenchmark(bench).run().text());
    }
    if (only.contains("followers")) {
      texts.add(new FollowersBenchmark(bench).run().text());
    }
    if (only.contains("buckets")) {
      texts.add(new BucketsBenchmark(bench).run().text());
    }
    if (only.contains("sink")) {
      texts.add(new SinkBenchmark(bench).run().text());
    }
    if (only.contains("flink-latency")) {
      texts.add(new FlinkLatencyBenchmark(bench).run().text());
    }
    if (Stream.of("compaction", "union", "lake-scan", "metadata").anyMatch(only::contains)) {
      try (Worker worker = new Worker(bench, data.resolve("warehouse"))) {
        if (only.contains("compaction")) {
          Path files = Files.createDirectories(data.resolve("files"));
          texts.add(new CompactionBenchmark(bench, worker, files).run().text());
        }
        if (only.contains("union")) {
          texts.add(new UnionScanBenchmark(bench, worker).run().text());
        }
        if (only.contains("lake-scan")) {
          texts.add(new LakeScanBenchmark(bench, worker).run().text());
        }
        if (only.contains("metadata")) {
          texts.add(new MetadataBenchmark(bench, worker).run().text());
        }
      }
    }
  }

  private static String header(Map<String, String> options) {
    return "Run at "
        + Instant.now().truncatedTo(ChronoUnit.MINUTES)
        + ", JDK "
        + Runtime.version()
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " cores, options "
        + options
        + "\n";
  }

  private static Map<String, String> parse(String[] args) {
    Map<String, String> options = new TreeMap<>();
    for (int i = 0; i < args.length; i += 2) {
      if (!OPTIONS.contains(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException(
            "unknown option or missing value: '" + args[i] + "'; options are " + OPTIONS);
      }
      options.put(args[i], args[i + 1]);
    }
    if (!options.containsKey("--data")) {
      throw new IllegalArgumentException("--data FOLDER is required");
    }
    return options;
  }

  private static void requireEmpty(Path folder) throws Exception {
    if (Files.exists(folder)) {
      try (Stream<Path> found = Files.list(folder)) {
        if (found.findAny().isPresent()) {
          throw new IllegalArgumentException(folder + " is not empty: name another --data");
        }
      }
    }
  }

  private Benchmarks() {}
}
