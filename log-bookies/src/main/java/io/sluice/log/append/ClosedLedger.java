package io.sluice.log.append;

/**
 * What a closed ledger was found to hold.
 *
 * @param rows number of its rows, as its last entry says
 * @param minTimeMicros append time of its first row; without rows, when it was opened
 * @param maxTimeMicros append time of its last row; without rows, when it was opened
 * @param bytes size of its entries
 * @param hasWindow whether it begins with a writer window
 */
record ClosedLedger(
    long ledgerId,
    long rows,
    long minTimeMicros,
    long maxTimeMicros,
    long bytes,
    boolean hasWindow) {}
