package io.sluice.gateway.tables;

import java.util.OptionalLong;
import java.util.SortedMap;

/**
 * What a truncation removed.
 *
 * @param below by bucket, the lake offset below which no row is left
 * @param removed the lake's snapshot that had the rows, for as long as it is kept; empty if there
 *     were none
 */
public record TruncateReport(SortedMap<Integer, Long> below, OptionalLong removed) {}
