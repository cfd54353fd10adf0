package io.sluice.testing.history;

/**
 * A row as it was read.
 *
 * @param bucket its bucket
 * @param offset its place there
 * @param timeMicros its append time
 * @param writer who wrote it
 * @param n its number among those that the writer wrote to that bucket, from 0
 */
public record Row(int bucket, long offset, long timeMicros, int writer, long n) {}
