package io.sluice.flink.pushdown;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What a query has its source do beside reading columns.
 *
 * @param limit how many rows are enough, at least 0; {@link #NO_LIMIT} for all
 * @param aggregates what to return instead of rows; empty for the rows themselves
 */
public record Pushed(long limit, ArrayList<Aggregate> aggregates) implements Serializable {

  /** Stands for all rows. */
  public static final long NO_LIMIT = Long.MAX_VALUE;

  /** Nothing but columns. */
  public static final Pushed NOTHING = new Pushed(NO_LIMIT, new ArrayList<>());

  public Pushed {
    if (limit < 0) {
      throw new IllegalArgumentException("limit must be >= 0: " + limit);
    }
  }

  /** Returns this with another limit. */
  public Pushed withLimit(long rows) {
    return new Pushed(rows, aggregates);
  }

  /** Returns this with other aggregates. */
  public Pushed withAggregates(List<Aggregate> others) {
    return new Pushed(limit, new ArrayList<>(others));
  }

  /** Returns whether some rows are enough. */
  public boolean hasLimit() {
    return limit != NO_LIMIT;
  }

  /** Returns whether aggregates are wanted instead of rows. */
  public boolean isAggregate() {
    return !aggregates.isEmpty();
  }
}
