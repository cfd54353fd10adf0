package io.sluice.log.frame;

import org.jspecify.annotations.Nullable;

/**
 * What a frame says of its rows.
 *
 * @param rows number of rows, at least 1
 * @param schemaId the table's schema that the rows have, at least 0
 * @param flags 0 for now; room for change types
 * @param timeMicros append time, in microseconds since 1970
 * @param writer the batch that the rows belong to; null if its writer didn't name it
 * @param firstRow place of the first row in its batch, from 0
 * @param batchRows number of rows of the whole batch, at least {@code firstRow + rows}
 */
public record FrameHeader(
    int rows,
    int schemaId,
    int flags,
    long timeMicros,
    @Nullable WriterSequence writer,
    int firstRow,
    int batchRows) {

  public FrameHeader {
    if (rows < 1 || schemaId < 0) {
      throw new IllegalArgumentException("rows " + rows + ", schemaId " + schemaId);
    }
    if (firstRow < 0 || firstRow + (long) rows > batchRows) {
      throw new IllegalArgumentException(
          "rows [" + firstRow + ", +" + rows + ") are not within a batch of " + batchRows);
    }
  }
}
