package io.sluice.gateway.http;

import io.sluice.catalog.table.TableCatalog;
import io.sluice.gateway.append.Appends;
import io.sluice.gateway.iceberg.IcebergRest;
import io.sluice.gateway.metrics.GatewayMeters;
import io.sluice.gateway.read.Reads;
import org.apache.arrow.memory.BufferAllocator;

/**
 * What the HTTP API works with; all of it stays its owner's to close.
 *
 * @param catalog databases and tables
 * @param appends the way into the log
 * @param reads the way out of it
 * @param arrowStreams reads Arrow bodies
 * @param iceberg the lake's catalog for other engines
 * @param operations what operators ask for
 * @param meters what is measured
 * @param allocator the memory of rows on their way
 */
public record HttpParts(
    TableCatalog catalog,
    Appends appends,
    Reads reads,
    ArrowStreams arrowStreams,
    IcebergRest iceberg,
    Operations operations,
    GatewayMeters meters,
    BufferAllocator allocator) {}
