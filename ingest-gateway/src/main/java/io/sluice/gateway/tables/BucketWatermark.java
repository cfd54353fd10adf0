package io.sluice.gateway.tables;

/**
 * Which rows of a bucket are in the log.
 *
 * @param bucket its number
 * @param start the first offset that is still in the log
 * @param watermark one past the last visible offset
 */
public record BucketWatermark(int bucket, long start, long watermark) {}
