package io.sluice.log.append;

/**
 * Where a batch's rows are, once they are durable.
 *
 * @param bucket the bucket
 * @param offset offset of the batch's first row. The others follow it, except when the batch was
 *     appended in two attempts: then rows of others may lie between
 * @param rows number of rows of the batch
 */
public record Appended(int bucket, long offset, int rows) {

  public Appended {
    if (bucket < 0 || offset < 0 || rows < 1) {
      throw new IllegalArgumentException(
          "bucket " + bucket + " offset " + offset + " rows " + rows);
    }
  }
}
