package io.sluice.gateway.append;

import io.sluice.catalog.table.Table;
import java.time.Duration;

/** Is told of each batch that became durable; must return quickly. Called on any thread. */
@FunctionalInterface
public interface AppendListener {

  /** Does nothing. */
  AppendListener NONE = (table, rows, bytes, latency) -> {};

  /**
   * A batch is durable.
   *
   * @param rows number of its rows, at least 1
   * @param bytes their size as frames
   * @param latency from the batch's arrival, validated, to its acknowledgement
   */
  void appended(Table table, long rows, long bytes, Duration latency);
}
