package io.sluice.flink;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** A moment that a table is asked for later. */
record Moment(long epochMillis) {

  private static final DateTimeFormatter LITERAL =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");

  /** Returns this millisecond when it is over: what comes next is after it. */
  static Moment now() {
    long now = System.currentTimeMillis();
    while (System.currentTimeMillis() <= now) {
      Thread.onSpinWait();
    }
    return new Moment(now);
  }

  /** Returns a table as of it, for the FROM of a query in a session's zone. */
  String of(String table, ZoneId zone) {
    String literal = LITERAL.withZone(zone).format(Instant.ofEpochMilli(epochMillis));
    return "`" + table + "` FOR SYSTEM_TIME AS OF TIMESTAMP '" + literal + "'";
  }
}
