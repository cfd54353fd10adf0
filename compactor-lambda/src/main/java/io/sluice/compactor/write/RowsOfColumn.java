package io.sluice.compactor.write;

/** One column of a batch of rows, on its way into a file. */
interface RowsOfColumn {

  /** Appends rows {@code [from, to)} of the batch. */
  void append(int from, int to);

  /**
   * Returns how many values a row has on the average, as far as that isn't one, about.
   *
   * @param rows of the batch, at least 1
   */
  default long valuesPerRow(int rows) {
    return 1;
  }
}
