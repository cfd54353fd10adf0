package io.sluice.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.flight.StateJson;
import io.sluice.gateway.http.Operations;
import io.sluice.gateway.tables.TableOperations;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What the HTTP API's operator routes ask. */
record HttpOperations(String gateway, TableOperations operations, MetadataStore metadata)
    implements Operations {

  @Override
  public CompletableFuture<JsonNode> status() {
    return operations.status().thenApply(tables -> StateJson.status(gateway, tables));
  }

  @Override
  public CompletableFuture<JsonNode> flush(TableName table, Duration timeout) {
    return operations.flush(table, timeout).thenApply(StateJson::flush);
  }

  @Override
  public CompletableFuture<Void> ready() {
    return metadata.list(MetadataPaths.GATEWAYS).thenApply(gateways -> null);
  }
}
