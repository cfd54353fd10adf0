package io.sluice.gateway;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.compaction.CompactionRequests;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.log.segment.SegmentStore;
import java.time.Clock;

/**
 * What a gateway works with; all of it stays its owner's to close, after the gateway.
 *
 * @param metadata where gateways announce themselves
 * @param catalog databases and tables
 * @param buckets the buckets' records
 * @param segments the log's ledgers
 * @param lake the lake's tables
 * @param compaction where to ask for compaction
 * @param clock what rows are stamped with, and what retention goes by; it may be wrong and go back
 */
public record GatewayParts(
    MetadataStore metadata,
    TableCatalog catalog,
    BucketRecords buckets,
    SegmentStore segments,
    Lake lake,
    CompactionRequests compaction,
    Clock clock) {}
