package io.sluice.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.catalog.table.TableName;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What operators ask of a gateway, whatever the protocol. Calls don't block. */
public interface Operations {

  /** Returns the state of the gateway and its tables. */
  CompletableFuture<JsonNode> status();

  /**
   * Seals a table's open segments and waits until the lake has all rows that were visible at the
   * call.
   *
   * @param timeout how long to wait; what was reached by then is the answer
   */
  CompletableFuture<JsonNode> flush(TableName table, Duration timeout);

  /** Completes if the metadata store and the log can be reached; fails with what is away. */
  CompletableFuture<Void> ready();
}
