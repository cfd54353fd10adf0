package io.sluice.gateway.quota;

import io.sluice.catalog.table.Table;
import java.time.Duration;

/** Is told of rows that have to wait; must return quickly. Called on any thread. */
@FunctionalInterface
public interface QuotaListener {

  /** A request is told to come back, or a stream isn't read, for so long. */
  void waited(Table table, Duration wait);
}
