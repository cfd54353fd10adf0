package io.sluice.log.frame;

/** A single row is bigger than a frame may be. Nothing of its batch was encoded. */
public final class RowTooLargeException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int row;

  RowTooLargeException(int row, long bytes, int limitBytes) {
    super(
        "row "
            + row
            + " of the batch takes "
            + bytes
            + " bytes, more than the "
            + limitBytes
            + " bytes that a frame may have; make the row smaller");
    this.row = row;
  }

  /** Returns the row's place in its batch, from 0. */
  public int row() {
    return row;
  }
}
