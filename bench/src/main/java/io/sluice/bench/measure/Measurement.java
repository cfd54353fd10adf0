package io.sluice.bench.measure;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Measures a system. What is measured has the same names whatever the system. */
final class Measurement {

  /** Rows a second at which all is warmed up before latency is measured. */
  private static final int WARM_UP_RATE = 1_000;

  /** For how long the same rows are read again and again, at least. */
  private static final double READ_SECONDS = 2;

  private static final double NANOS = 1e9;

  private final MeasuredSystem system;

  Measurement(MeasuredSystem system) {
    this.system = system;
  }

  /**
   * Produces as many rows as the system takes, and counts those that are durable at the end, with
   * the time until the last one is.
   */
  Map<String, Double> produce(Load load, double warmUp, double seconds) throws Exception {
    CountingAcks acks = new CountingAcks();
    try (MeasuredTable table = system.newTable(load);
        RowProducer producer = table.producer(Tuning.THROUGHPUT, acks)) {
      Sender sender = new Sender(producer, acks);
      sender.sendFor(warmUp);
      long start = System.nanoTime();
      long rows = sender.sendFor(seconds);
      return Map.of("rows", rows / since(start));
    }
  }

  /** Produces as many rows as the system takes when it is set up for latency and followed. */
  Map<String, Double> capacity(Load load, double warmUp, double seconds) throws Exception {
    CountingAcks acks = new CountingAcks();
    try (MeasuredTable table = system.newTable(load);
        Subscriber subscriber = new Subscriber(table.tail(Tuning.LATENCY, load.shape().names()));
        RowProducer producer = table.producer(Tuning.LATENCY, acks)) {
      Sender sender = new Sender(producer, acks);
      sender.sendFor(warmUp);
      subscriber.awaitRows(sender.sent());
      long start = System.nanoTime();
      long rows = sender.sendFor(seconds);
      subscriber.awaitRows(sender.sent());
      return Map.of("rows", rows / since(start));
    }
  }

  /** Sends rows at a rate, and times their way to the subscriber and their acknowledgement. */
  Map<String, Double> latency(Load load, double rate, double warmUp, double seconds)
      throws Exception {
    CountingAcks acks = new CountingAcks();
    Map<String, Double> found = new TreeMap<>();
    try (MeasuredTable table = system.newTable(load);
        Subscriber subscriber = new Subscriber(table.tail(Tuning.LATENCY, load.shape().names()));
        RowProducer producer = table.producer(Tuning.LATENCY, acks)) {
      Sender sender = new Sender(producer, acks);
      pace(sender, WARM_UP_RATE, warmUp);
      subscriber.awaitRows(sender.sent());
      long start = System.nanoTime();
      acks.measureFrom(start);
      subscriber.measureFrom(start);
      pace(sender, rate, seconds);
      subscriber.awaitRows(sender.sent());
      put(found, "tail", subscriber.latencies());
      put(found, "ack", acks.latencies());
    }
    return found;
  }

  /** Sends rows at a rate to a system that nobody can follow, and times their acknowledgement. */
  Map<String, Double> acknowledgement(Load load, double rate, double warmUp, double seconds)
      throws Exception {
    CountingAcks acks = new CountingAcks();
    Map<String, Double> found = new TreeMap<>();
    try (MeasuredTable table = system.newTable(load);
        RowProducer producer = table.producer(Tuning.LATENCY, acks)) {
      Sender sender = new Sender(producer, acks);
      pace(sender, WARM_UP_RATE, warmUp);
      acks.measureFrom(System.nanoTime());
      pace(sender, rate, seconds);
      put(found, "ack", acks.latencies());
    }
    return found;
  }

  /**
   * Reads a bucket from its begin, all columns and, if the shape has more than two, the first one
   * alone; in turns, each once before it is measured.
   */
  Map<String, Double> read(Load load, long rows, boolean bytes) throws Exception {
    CountingAcks acks = new CountingAcks();
    Map<String, Double> found = new TreeMap<>();
    try (MeasuredTable table = system.newTable(load)) {
      try (RowProducer producer = table.producer(Tuning.THROUGHPUT, acks)) {
        new Sender(producer, acks).sendRows(rows);
      }
      found.put("all", rowsPerSecond(table, load.shape().names(), rows));
      if (bytes) {
        found.put("one", rowsPerSecond(table, ids(load), rows));
      }
      if (bytes) {
        found.put("all-bytes", table.bytesToRead(load.shape().names(), rows));
        found.put("one-bytes", table.bytesToRead(ids(load), rows));
      }
    }
    return found;
  }

  /** Reads all once, and then again until a while is over: of a short read a pause is too much. */
  private static double rowsPerSecond(MeasuredTable table, List<String> columns, long rows)
      throws Exception {
    readOnce(table, columns, rows);
    int times = 0;
    double seconds = 0;
    while (seconds < READ_SECONDS) {
      seconds += readOnce(table, columns, rows);
      times++;
    }
    return times * rows / seconds;
  }

  private static double readOnce(MeasuredTable table, List<String> columns, long rows)
      throws Exception {
    long start = System.nanoTime();
    try (Subscriber subscriber = new Subscriber(table.tail(Tuning.THROUGHPUT, columns))) {
      subscriber.awaitRows(rows);
      return since(start);
    }
  }

  private static void pace(Sender sender, double rate, double seconds) throws Exception {
    sender.sendAtPace(new Pace(System.nanoTime(), rate), Math.round(rate * seconds));
  }

  private static List<String> ids(Load load) {
    return load.shape().names().subList(0, 1);
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / NANOS;
  }

  private static void put(Map<String, Double> found, String name, Latencies latencies) {
    found.put(name + "-p50", latencies.ms(0.5));
    found.put(name + "-p99", latencies.ms(0.99));
    found.put(name + "-p999", latencies.ms(0.999));
    found.put(name + "-max", latencies.ms(1));
  }
}
