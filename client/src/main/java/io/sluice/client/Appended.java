package io.sluice.client;

/**
 * Rows that are durable and visible.
 *
 * @param bucket where they went, from 0
 * @param offset of the first of them
 * @param rows their number
 */
public record Appended(int bucket, long offset, long rows) {}
