package io.sluice.testing.history;

/**
 * What a writer was told of a batch.
 *
 * @param writer who wrote it
 * @param bucket where it went
 * @param n the number of its first row
 * @param rows how many rows it has
 * @param offset where its first row is said to be, or {@link #UNTOLD}
 */
public record Ack(int writer, int bucket, long n, int rows, long offset) {

  /** The answer to a commit doesn't say where the rows are. */
  public static final long UNTOLD = -1;
}
