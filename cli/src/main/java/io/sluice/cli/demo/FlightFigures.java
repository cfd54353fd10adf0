package io.sluice.cli.demo;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the flights' CSV says, counted while it is sent, to compare the answers with. The file has
 * no quoted fields, so that a line is split at its commas. Not thread-safe.
 */
public final class FlightFigures {

  private static final int DEP_DELAY = 5;
  private static final int CARRIER = 9;

  /**
   * One carrier's year.
   *
   * @param flights how many flights
   * @param departed how many of them have a departure delay, that is were not cancelled
   * @param delayMinutes the sum of those delays, early departures counting below zero
   */
  public record Carrier(long flights, long departed, long delayMinutes) {

    static final Carrier NONE = new Carrier(0, 0, 0);

    Carrier plus(String delay) {
      boolean flew = !delay.equals("NA");
      return new Carrier(
          flights + 1,
          departed + (flew ? 1 : 0),
          delayMinutes + (flew ? Long.parseLong(delay) : 0));
    }
  }

  private final Map<String, Carrier> carriers = new TreeMap<>();
  private long flights;

  /** Counts the rows of a CSV text; its first line is the header. */
  public void count(byte[] csv) {
    new String(csv, StandardCharsets.UTF_8).lines().skip(1).forEach(this::count);
  }

  private void count(String line) {
    String[] fields = line.split(",", -1);
    carriers.merge(fields[CARRIER], Carrier.NONE.plus(fields[DEP_DELAY]), FlightFigures::sum);
    flights++;
  }

  private static Carrier sum(Carrier a, Carrier b) {
    return new Carrier(
        a.flights + b.flights, a.departed + b.departed, a.delayMinutes + b.delayMinutes);
  }

  /** How many flights were counted. */
  public long flights() {
    return flights;
  }

  /** The carriers by their two-letter codes. */
  public Map<String, Carrier> carriers() {
    return Map.copyOf(carriers);
  }
}
