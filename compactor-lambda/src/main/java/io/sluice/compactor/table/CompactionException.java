package io.sluice.compactor.table;

/** A table couldn't be compacted further; {@link #reason} says what to do. Nothing was doubled. */
public final class CompactionException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Why, and what to do about it. */
  public enum Reason {
    /** The log, the lake or the metadata can't be reached: try again later. */
    UNAVAILABLE,
    /** There is no such table any more, or it is another one by now: forget it. */
    TABLE_GONE,
    /** The lake says less than was confirmed before: an operator must say how to go on. */
    LAKE_HISTORY_LOST,
    /**
     * The lake table was changed to something that can't be written: an operator must change it.
     */
    LAKE_UNSUPPORTED,
    /** Rows are in neither log nor lake: an operator must find out why. */
    ROWS_MISSING,
    /** Stored rows can't be read: an operator must look at the ledger. */
    ROWS_UNREADABLE
  }

  private final Reason reason;

  /**
   * @param reason what to do
   * @param message what, where, both values
   */
  public CompactionException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /**
   * @param reason what to do
   * @param message what, where, both values
   * @param cause why
   */
  public CompactionException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Returns what to do. */
  public Reason reason() {
    return reason;
  }
}
