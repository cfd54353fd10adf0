package io.sluice.log.segment;

/** A ledger couldn't be used; {@link #kind} says what is then true. */
public final class SegmentException extends Exception {

  private static final long serialVersionUID = 1L;

  /** What is true after the failure. */
  public enum Kind {
    /**
     * Someone recovered the ledger: no later entry of this writer counts. An earlier one may. Stop
     * writing.
     */
    FENCED,
    /** There is no such ledger or entry. Trying again changes nothing. */
    MISSING,
    /** Nothing was done. Try again later. */
    UNAVAILABLE,
    /** It may have been done or not: ask the ledger, which must be closed first. */
    UNKNOWN
  }

  private final Kind kind;

  /**
   * @param kind what is true after the failure
   * @param message what failed, for which ledger and entry
   */
  public SegmentException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /**
   * @param kind what is true after the failure
   * @param message what failed, for which ledger and entry
   * @param cause why
   */
  public SegmentException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** Returns what is true after the failure. */
  public Kind kind() {
    return kind;
  }
}
