package io.sluice.client;

import io.sluice.catalog.table.TableName;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.jspecify.annotations.Nullable;

/**
 * What to read of a bucket.
 *
 * @param table the table
 * @param bucket the bucket, from 0
 * @param from where to begin
 * @param to one past the last offset to read; if empty, to the watermark at the time of the call,
 *     or for ever if {@code follow}
 * @param follow whether to wait for rows that don't exist yet; otherwise {@code to} must be visible
 * @param columns the columns wanted, in that order; empty for all
 * @param filter which rows are of interest; {@code alwaysTrue()} for all. It spares what it can:
 *     whole batches that can't have such a row don't come; rows that don't match may come
 * @param prefetchBytes how much to read ahead; one batch is always read ahead
 * @param incarnation of the table's log that the offsets are of: a read of another one fails as if
 *     the table were gone, which was dropped then and made anew. Null for the one that is there
 *     when the read begins, to which it keeps
 */
public record ReadSpec(
    TableName table,
    int bucket,
    From from,
    OptionalLong to,
    boolean follow,
    List<String> columns,
    Expression filter,
    long prefetchBytes,
    @Nullable UUID incarnation) {

  /** How much is read ahead unless told otherwise. */
  public static final long DEFAULT_PREFETCH_BYTES = 8 << 20;

  public ReadSpec {
    columns = List.copyOf(columns);
    if (bucket < 0) {
      throw new IllegalArgumentException("bucket must be >= 0: " + bucket);
    }
    if (prefetchBytes < 0) {
      throw new IllegalArgumentException("prefetchBytes must be >= 0: " + prefetchBytes);
    }
    if (to.isPresent() && to.getAsLong() < 0) {
      throw new IllegalArgumentException("to must be >= 0: " + to.getAsLong());
    }
  }

  /** Makes what to read of the table as it is when the read begins. */
  public ReadSpec(
      TableName table,
      int bucket,
      From from,
      OptionalLong to,
      boolean follow,
      List<String> columns,
      Expression filter,
      long prefetchBytes) {
    this(table, bucket, from, to, follow, columns, filter, prefetchBytes, null);
  }

  /** Returns what to read of a bucket: the offsets {@code [from, to)}, all columns. */
  public static ReadSpec range(TableName table, int bucket, long from, long to) {
    return new ReadSpec(
        table,
        bucket,
        new From.Offset(from),
        OptionalLong.of(to),
        false,
        List.of(),
        Expressions.alwaysTrue(),
        DEFAULT_PREFETCH_BYTES);
  }

  /** Returns what to read of a bucket: what is there now, from {@code from} on, all columns. */
  public static ReadSpec visible(TableName table, int bucket, From from) {
    return open(table, bucket, from, false);
  }

  /** Returns what to read of a bucket: all from {@code from} on, for ever, all columns. */
  public static ReadSpec follow(TableName table, int bucket, From from) {
    return open(table, bucket, from, true);
  }

  private static ReadSpec open(TableName table, int bucket, From from, boolean follow) {
    return new ReadSpec(
        table,
        bucket,
        from,
        OptionalLong.empty(),
        follow,
        List.of(),
        Expressions.alwaysTrue(),
        DEFAULT_PREFETCH_BYTES);
  }

  /** Returns this with some columns only. */
  public ReadSpec withColumns(List<String> names) {
    return new ReadSpec(table, bucket, from, to, follow, names, filter, prefetchBytes, incarnation);
  }

  /** Returns this without batches in which no row can match. */
  public ReadSpec withFilter(Expression rows) {
    return new ReadSpec(table, bucket, from, to, follow, columns, rows, prefetchBytes, incarnation);
  }

  /** Returns this for offsets of one incarnation of the table's log. */
  public ReadSpec withIncarnation(UUID log) {
    return new ReadSpec(table, bucket, from, to, follow, columns, filter, prefetchBytes, log);
  }

  /** Returns whether all rows are of interest. */
  boolean wantsAllRows() {
    return filter.op() == Expression.Operation.TRUE;
  }

  /** Returns this with another bound of bytes read ahead. */
  public ReadSpec withPrefetchBytes(long bytes) {
    return new ReadSpec(table, bucket, from, to, follow, columns, filter, bytes, incarnation);
  }

  /** Where to begin. */
  public sealed interface From {

    /** At an offset. */
    record Offset(long offset) implements From {
      public Offset {
        if (offset < 0) {
          throw new IllegalArgumentException("offset must be >= 0: " + offset);
        }
      }
    }

    /** At the first row that is still in the log. */
    record Earliest() implements From {}

    /** At the first row that isn't visible yet. */
    record Latest() implements From {}

    /** At the first row in the log that was appended at that time or later. */
    record Time(Instant time) implements From {}
  }
}
