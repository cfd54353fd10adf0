package io.sluice.gateway.tables;

import io.sluice.catalog.table.TableName;
import org.jspecify.annotations.Nullable;

/**
 * How a table is.
 *
 * @param table its name
 * @param buckets number of buckets
 * @param rows number of rows it ever got
 * @param rowsNotInLake those of them that the lake doesn't have yet
 * @param bytesNotInLake about how many bytes of sealed segments the lake doesn't have yet
 * @param lastError why that isn't known; null if it is
 */
public record TableStatus(
    TableName table,
    int buckets,
    long rows,
    long rowsNotInLake,
    long bytesNotInLake,
    @Nullable String lastError) {}
