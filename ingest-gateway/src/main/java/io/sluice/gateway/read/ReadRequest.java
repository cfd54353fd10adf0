package io.sluice.gateway.read;

import java.util.List;
import java.util.OptionalLong;

/**
 * Which rows of a bucket to read.
 *
 * @param bucket the bucket, from 0
 * @param from where to begin
 * @param to one past the last offset; if empty, the watermark when the call arrives, or with {@code
 *     follow} never
 * @param follow whether to wait for rows that aren't there yet
 * @param columns the columns to read, in that order; empty for all
 * @param filter which rows are of interest, in Iceberg's JSON; empty for all. Rows that don't match
 *     may come all the same
 */
public record ReadRequest(
    int bucket, From from, OptionalLong to, boolean follow, List<String> columns, String filter) {

  public ReadRequest {
    columns = List.copyOf(columns);
    if (to.isPresent() && to.getAsLong() < 0) {
      throw new IllegalArgumentException("'to' must be >= 0: " + to.getAsLong());
    }
  }

  /** Where to begin. */
  public sealed interface From {

    /** The first offset that is still in the log. */
    record Earliest() implements From {}

    /** The watermark when the call arrives. */
    record Latest() implements From {}

    /**
     * An offset.
     *
     * @param offset at least 0
     */
    record Offset(long offset) implements From {
      public Offset {
        if (offset < 0) {
          throw new IllegalArgumentException("'from' must be >= 0: " + offset);
        }
      }
    }

    /**
     * The first row that was appended at or after a time.
     *
     * @param micros microseconds since 1970
     */
    record Time(long micros) implements From {}
  }
}
