package io.sluice.compactor.write;

/** Rows of the log don't fit into the lake table as it now is; the message names the column. */
public final class UnwritableRowsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnwritableRowsException(String message) {
    super(message);
  }
}
