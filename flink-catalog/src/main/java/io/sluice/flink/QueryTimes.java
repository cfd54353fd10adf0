package io.sluice.flink;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.catalog.ObjectPath;

/**
 * Finds a query that reads a table as it was at more than one time. Flink's planner takes two reads
 * of one table for the same unless their hints differ, and {@code FOR SYSTEM_TIME AS OF} is no
 * hint: both would be of one of the times.
 *
 * <p>A query is planned by one thread. It looks all its tables up before it makes a source of any,
 * and some of them again then.
 */
final class QueryTimes {

  private final ThreadLocal<Planned> planned = ThreadLocal.withInitial(Planned::new);

  private static final class Planned {
    private final Map<Read, Optional<Long>> times = new HashMap<>();
    private final Set<Look> looks = new HashSet<>();
    private final Set<Look> looksSinceRead = new HashSet<>();
    private boolean reading;
  }

  private record Look(ObjectPath table, Optional<Long> time) {}

  private record Read(ObjectIdentifier table, Map<String, String> options) {}

  /**
   * A table is looked up: for another query, if there are sources already and it is a new one.
   *
   * @param time as of which, in milliseconds since 1970; empty for now
   */
  void lookedUp(ObjectPath table, Optional<Long> time) {
    Planned query = planned.get();
    Look look = new Look(table, time);
    query.looksSinceRead.add(look);
    if (query.looks.add(look) && query.reading) {
      query.reading = false;
      query.times.clear();
      query.looks.retainAll(query.looksSinceRead);
    }
  }

  /**
   * A source is made.
   *
   * @param options hints included
   * @param time as of which it reads, in milliseconds since 1970; empty for now
   * @throws IllegalArgumentException if the query reads the same table as of another time
   */
  void read(ObjectIdentifier table, Map<String, String> options, Optional<Long> time) {
    Planned query = planned.get();
    query.reading = true;
    query.looksSinceRead.clear();
    Optional<Long> other = query.times.putIfAbsent(new Read(table, Map.copyOf(options)), time);
    if (other != null && !other.equals(time)) {
      throw new IllegalArgumentException(
          "the query reads it as of two times, which Flink's planner would take for one: write"
              + " /*+ OPTIONS('scan.as-of'='2026-01-31T12:00:00Z') */ instead of FOR SYSTEM_TIME AS"
              + " OF");
    }
  }
}
