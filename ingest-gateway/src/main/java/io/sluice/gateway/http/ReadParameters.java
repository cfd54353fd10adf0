package io.sluice.gateway.http;

import io.sluice.catalog.table.Table;
import io.sluice.gateway.read.ReadRequest;
import io.sluice.gateway.read.ReadRequest.From;
import io.vertx.core.MultiMap;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a GET of rows asks for.
 *
 * @param bucket the bucket, or empty for all
 * @param from where each bucket begins, unless {@code resume} says it
 * @param resume the positions of a stream that was cut, or null
 * @param limit the most rows to send in all, at least 1
 * @param follow whether to wait for rows that aren't there yet
 * @param columns the columns, in that order; empty for all
 */
record ReadParameters(
    OptionalInt bucket,
    From from,
    @Nullable EventId resume,
    long limit,
    boolean follow,
    List<String> columns) {

  private static final Set<String> KNOWN =
      Set.of("bucket", "offset", "from", "time", "limit", "follow", "columns");

  /**
   * Parses the query.
   *
   * @param lastEventId the header Last-Event-ID, or null
   * @throws IllegalArgumentException if a parameter is unknown or can't be understood
   */
  static ReadParameters parse(MultiMap query, @Nullable String lastEventId) {
    for (String name : query.names()) {
      if (!KNOWN.contains(name)) {
        throw new IllegalArgumentException(
            "unknown parameter '"
                + name
                + "': there are bucket, offset, from, time, limit, follow"
                + " and columns");
      }
    }
    String columns = query.get("columns");
    return new ReadParameters(
        bucket(query.get("bucket")),
        from(query),
        lastEventId == null || lastEventId.isBlank() ? null : EventId.parse(lastEventId),
        limit(query.get("limit")),
        bool("follow", query.get("follow")),
        columns == null || columns.isEmpty() ? List.of() : List.of(columns.split(",", -1)));
  }

  /** Returns what to read of each bucket. */
  List<ReadRequest> requests(Table table) {
    boolean all = bucket.isEmpty();
    if (all && from instanceof From.Offset && table.bucketCount() > 1) {
      throw new IllegalArgumentException(
          "table "
              + table.name()
              + " has "
              + table.bucketCount()
              + " buckets, each with offsets of"
              + " its own: give bucket= with offset=");
    }
    List<ReadRequest> requests = new ArrayList<>();
    int first = bucket.orElse(0);
    int end = all ? table.bucketCount() : first + 1;
    for (int i = first; i < end; i++) {
      Long last = resume == null ? null : resume.lastOffsets().get(i);
      From begin = last == null ? from : new From.Offset(last + 1);
      requests.add(new ReadRequest(i, begin, OptionalLong.empty(), follow, columns, ""));
    }
    return requests;
  }

  static OptionalInt bucket(@Nullable String text) {
    if (text == null) {
      return OptionalInt.empty();
    }
    return OptionalInt.of((int) number("bucket", text, 0, Integer.MAX_VALUE));
  }

  private static From from(MultiMap query) {
    @Nullable String offset = query.get("offset");
    @Nullable String from = query.get("from");
    @Nullable String time = query.get("time");
    int given = (offset == null ? 0 : 1) + (from == null ? 0 : 1) + (time == null ? 0 : 1);
    if (given > 1) {
      throw new IllegalArgumentException("give only one of offset, from and time");
    }
    if (offset != null) {
      return new From.Offset(number("offset", offset, 0, Long.MAX_VALUE));
    }
    if (time != null) {
      return new From.Time(micros(time));
    }
    if (from == null || from.equals("earliest")) {
      return new From.Earliest();
    }
    if (from.equals("latest")) {
      return new From.Latest();
    }
    throw new IllegalArgumentException("from must be earliest or latest, got '" + from + "'");
  }

  private static long micros(String time) {
    try {
      // A plus that wasn't escaped has become a space.
      Instant instant = OffsetDateTime.parse(time.replace(' ', '+')).toInstant();
      return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "time must be a timestamp with zone, such as 2013-01-01T10:00:00Z, got '" + time + "'",
          e);
    }
  }

  private static long limit(@Nullable String text) {
    return text == null ? Long.MAX_VALUE : number("limit", text, 1, Long.MAX_VALUE);
  }

  private static long number(String name, String text, long least, long most) {
    try {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Refused below, like a number out of range.
    }
    throw new IllegalArgumentException(
        name + " must be an integer of at least " + least + ", got '" + text + "'");
  }

  static boolean bool(String name, @Nullable String text) {
    if (text == null || text.equals("false")) {
      return false;
    }
    if (text.equals("true") || text.isEmpty()) {
      return true;
    }
    throw new IllegalArgumentException(name + " must be true or false, got '" + text + "'");
  }
}
