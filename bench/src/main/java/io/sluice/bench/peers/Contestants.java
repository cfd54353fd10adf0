package io.sluice.bench.peers;

import io.sluice.bench.Spread;
import io.sluice.bench.chart.Chart;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who takes part in what, and with which settings. */
final class Contestants {

  static final Contestant SLUICE = new Contestant("Sluice", Competitor.SLUICE, "1000");
  static final Contestant SLUICE_LARGE = sluice(5_000);
  static final Contestant BOOKKEEPER =
      new Contestant("BookKeeper alone", Competitor.BOOKKEEPER, "1000");
  static final Contestant KAFKA = new Contestant("Kafka, no fsync", Competitor.KAFKA, "pagecache");
  static final Contestant KAFKA_FSYNC = new Contestant("Kafka, fsync", Competitor.KAFKA, "fsync");
  static final Contestant FLUSS = new Contestant("Fluss, no fsync", Competitor.FLUSS, "");
  static final Contestant FLUSS_FSYNC = new Contestant("Fluss, fsync", Competitor.FLUSS_FSYNC, "");

  /** Those that a subscriber can follow. */
  static final List<Contestant> FOLLOWED = List.of(SLUICE, KAFKA, KAFKA_FSYNC, FLUSS, FLUSS_FSYNC);

  /** What all have in common, and each one's settings, in sentences. */
  static final List<String> SETTINGS =
      List.of(
          "Each system has a server JVM and a client JVM, all with the same options; those whose"
              + " turn it isn't are idle. Sluice and BookKeeper alone: ZooKeeper, bookie and"
              + " gateway in one JVM, replication 1/1/1, the journal synced before an add is"
              + " answered (journalSyncData=true) and as soon as its queue is empty. Sluice's"
              + " client speaks Arrow Flight, at most 64 batches and 32 MiB a bucket in flight;"
              + " BookKeeper's client has 8 MiB of entries in flight and wire protocol v2.",
          "Kafka: one KRaft node, one replica, acks=all, no compression, idempotent producer (its"
              + " default). Without fsync it has its default of never syncing; with fsync the"
              + " topics have flush.messages=1. For rate: linger.ms=5, batch.size=256 KiB,"
              + " buffer.memory=64 MiB, max.poll.records=5000, max.partition.fetch.bytes=8 MiB."
              + " For latency: linger.ms=0 and defaults.",
          "Fluss: ZooKeeper, coordinator and tablet server in one JVM, one replica, log tables in"
              + " Arrow format, table.log.arrow.compression.type=NONE, client.writer.acks=all."
              + " Without fsync it has its default of never syncing; with fsync the server has"
              + " log.flush.interval-messages=1. For rate: its defaults (batches of 2 MiB, 100 ms),"
              + " fetches of 8 MiB and max-poll-records=5000. For latency:"
              + " client.writer.batch-timeout=0, client.scanner.log.fetch.wait-max-time=5 ms.",
          "Ten-column rows are typed columns in Sluice and Fluss, and one value of as many bytes in"
              + " Kafka and BookKeeper, serialized beforehand. Fluss's rows are there as objects,"
              + " of which its writer makes Arrow; Sluice's producer fills batches from such"
              + " objects row by row, but for those that are Arrow batches already. One producer"
              + " thread. Rows have no key: each system fills one bucket's batch after the other's.");

  /** Returns those whose rate of production is compared. */
  static List<Contestant> producers(boolean wide) {
    if (wide) {
      return List.of(
          bookKeeper(100), sluice(100), sluice(1_000), KAFKA, KAFKA_FSYNC, FLUSS, FLUSS_FSYNC);
    }
    return List.of(
        bookKeeper(1_000),
        sluice(1_000),
        sluice(5_000),
        new Contestant("Sluice, Arrow batches of 5,000", Competitor.SLUICE, "ready"),
        KAFKA,
        KAFKA_FSYNC,
        FLUSS,
        FLUSS_FSYNC);
  }

  private static Contestant sluice(int rows) {
    return new Contestant(
        "Sluice, batches of %,d".formatted(rows), Competitor.SLUICE, Integer.toString(rows));
  }

  private static Contestant bookKeeper(int rows) {
    return new Contestant(
        "BookKeeper, entries of %,d".formatted(rows),
        Competitor.BOOKKEEPER,
        Integer.toString(rows));
  }

  /** Returns a line of a chart that shows a spread. */
  static Chart.Line line(Contestant contestant, @Nullable Spread spread) {
    return spread == null
        ? line(contestant, Double.NaN, Double.NaN, Double.NaN)
        : line(contestant, spread.median(), spread.least(), spread.most());
  }

  /** Returns a line of a chart. */
  static Chart.Line line(Contestant contestant, double value, double least, double most) {
    return new Chart.Line(contestant.label(), colour(contestant.competitor()), value, least, most);
  }

  private static String colour(Competitor competitor) {
    return switch (competitor) {
      case SLUICE -> "#2f81f7";
      case BOOKKEEPER -> "#8b949e";
      case KAFKA -> "#d29922";
      case FLUSS, FLUSS_FSYNC -> "#2da44e";
    };
  }

  private Contestants() {}
}
