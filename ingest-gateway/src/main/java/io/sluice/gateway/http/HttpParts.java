package io.sluice.gateway.http;

import io.sluice.gateway.append.Appends;
import io.sluice.gateway.auth.Authenticator;
import io.sluice.gateway.gate.GateLimits;
import io.sluice.gateway.iceberg.IcebergRest;
import io.sluice.gateway.metrics.GatewayMeters;
import io.sluice.gateway.read.Reads;
import io.sluice.gateway.tables.LakeLags;
import io.sluice.gateway.tables.TableOperations;
import io.sluice.gateway.tables.Tables;
import io.sluice.gateway.tables.Workers;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;

/**
 * What the HTTP API works with; all of it stays its owner's to close.
 *
 * @param gateway names this gateway
 * @param tables finds tables
 * @param operations what is asked of databases and tables
 * @param appends the way into the log
 * @param reads the way out of it
 * @param gate how much an Arrow batch may become
 * @param iceberg the lake's catalog for other engines
 * @param lakeWorkers threads for what that does
 * @param authenticator finds out who calls
 * @param ready completes if what the gateway depends on can be reached, and fails with what can't
 * @param lags how far the lake is behind, for what is measured
 * @param meters what is measured
 * @param clock what dead letters are stamped with
 * @param allocator the memory of rows on their way
 */
public record HttpParts(
    String gateway,
    Tables tables,
    TableOperations operations,
    Appends appends,
    Reads reads,
    GateLimits gate,
    IcebergRest iceberg,
    Workers lakeWorkers,
    Authenticator authenticator,
    Supplier<CompletableFuture<Void>> ready,
    LakeLags lags,
    GatewayMeters meters,
    Clock clock,
    BufferAllocator allocator) {}
