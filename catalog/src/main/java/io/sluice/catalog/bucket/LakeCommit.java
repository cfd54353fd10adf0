package io.sluice.catalog.bucket;

/**
 * A confirmed commit to the lake, as a bucket's log sees it.
 *
 * @param offset every row below it is in the lake
 * @param atMicros when that was confirmed, in microseconds since 1970
 */
public record LakeCommit(long offset, long atMicros) {}
