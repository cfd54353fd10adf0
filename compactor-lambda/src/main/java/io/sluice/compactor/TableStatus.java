package io.sluice.compactor;

import java.time.Instant;
import java.util.Optional;

/**
 * How a table's compaction goes.
 *
 * @param running whether it is at it right now
 * @param failures how often in a row it failed; 0 if the last time went well
 * @param lastError what the last failure said; empty if the last time went well
 * @param retryAt not before this it is tried again after a failure
 * @param lastReport what the last time that went well did
 */
public record TableStatus(
    boolean running,
    int failures,
    Optional<String> lastError,
    Optional<Instant> retryAt,
    Optional<CompactionReport> lastReport) {}
