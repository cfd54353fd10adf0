package io.sluice.bench.peers;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * How the systems are compared.
 *
 * @param peers folder of the other systems' modules, built
 * @param data where all data go, on the disk that is to be measured; removed in the end
 * @param charts folder for the charts
 * @param only names of the comparisons
 * @param systems names of the systems that take part
 * @param buckets how many buckets rows are produced to, each a measurement of its own
 * @param rounds how often each measurement is made, in turns
 * @param seconds how long one measurement takes
 * @param warmUpSeconds how long rows go at 1,000/s before latency is measured
 * @param compileSeconds how long each system is fed at full speed, in each new process, before its
 *     figures count
 * @param rows rows of ten columns or twenty that are read; of 1 KiB rows, a quarter
 */
record PeerOptions(
    Path peers,
    Path data,
    Path charts,
    Set<String> only,
    Set<Competitor> systems,
    List<Integer> buckets,
    int rounds,
    double seconds,
    double warmUpSeconds,
    double compileSeconds,
    long rows) {

  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("--peers", "bench/peers"),
          Map.entry("--data", "bench/target/peers-data"),
          Map.entry("--charts", "bench/target/charts"),
          Map.entry("--only", "latency,produce,read"),
          Map.entry("--systems", "sluice,bookkeeper,kafka,fluss,fluss_fsync"),
          Map.entry("--buckets", "1,4,100"),
          Map.entry("--rounds", "3"),
          Map.entry("--seconds", "8"),
          Map.entry("--warm", "5"),
          Map.entry("--compile", "30"),
          Map.entry("--rows", "2000000"));

  /**
   * Reads options as {@code --name value}.
   *
   * @throws IllegalArgumentException if one is unknown or has no value
   */
  static PeerOptions parse(String[] args) {
    Map<String, String> given = new TreeMap<>(DEFAULTS);
    for (int i = 0; i < args.length; i += 2) {
      if (!DEFAULTS.containsKey(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException(
            "unknown option or missing value: '" + args[i] + "'; options are " + given.keySet());
      }
      given.put(args[i], args[i + 1]);
    }
    UnaryOperator<String> value = name -> given.getOrDefault(name, "");
    Set<Competitor> systems = new TreeSet<>();
    for (String name : value.apply("--systems").split(",", -1)) {
      systems.add(Competitor.valueOf(name.toUpperCase(Locale.ROOT)));
    }
    return new PeerOptions(
        Path.of(value.apply("--peers")),
        Path.of(value.apply("--data")).toAbsolutePath().normalize(),
        Path.of(value.apply("--charts")),
        Set.of(value.apply("--only").split(",", -1)),
        systems,
        Stream.of(value.apply("--buckets").split(",", -1)).map(Integer::valueOf).toList(),
        Integer.parseInt(value.apply("--rounds")),
        Double.parseDouble(value.apply("--seconds")),
        Double.parseDouble(value.apply("--warm")),
        Double.parseDouble(value.apply("--compile")),
        Long.parseLong(value.apply("--rows")));
  }

  /** Returns those of some contestants whose systems take part. */
  List<Contestant> taking(List<Contestant> contestants) {
    return contestants.stream().filter(each -> systems.contains(each.competitor())).toList();
  }

  /** Returns processes of all systems, of which none is started yet. */
  Contest newContest() {
    return new Contest(peers, data.resolve("contest"));
  }
}
