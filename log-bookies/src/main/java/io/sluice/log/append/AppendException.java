package io.sluice.log.append;

/** Rows were not appended, or it isn't known; {@link #reason} says what to do. */
public final class AppendException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Why, and what to do about it. */
  public enum Reason {
    /** The writer left out a sequence: send the missing batch first. Nothing was stored. */
    SEQUENCE_GAP,
    /**
     * The batch is older than what the bucket remembers of its writer, or differs from its first
     * attempt. Nothing was stored now.
     */
    SEQUENCE_REGRESSION,
    /**
     * The bucket doesn't know the writer and its sequence isn't 0. If an earlier batch of the
     * writer isn't acknowledged yet, send that first; else the writer expired: draw a new writer
     * id. Nothing was stored.
     */
    UNKNOWN_WRITER,
    /** A frame is over the limit. Make rows or batches smaller. Nothing was stored. */
    TOO_LARGE,
    /** Too much is in flight. Send it again after a pause. Nothing was stored. */
    THROTTLED,
    /**
     * Another gateway owns the bucket now. The rows may be stored or not: send the same (writer,
     * sequence) to the new owner.
     */
    FENCED,
    /** The log can't be reached. Retry; the rows may be stored if the batch had no writer. */
    UNAVAILABLE,
    /**
     * The transaction can't take rows, commit or abort; the cause is a {@code TransactionException}
     * that says why. Nothing was done.
     */
    TRANSACTION,
    /**
     * The bucket has too many segments to seal another one because someone asks for it. It is
     * sealed by its age or size. Nothing was done.
     */
    TOO_MANY_SEGMENTS,
    /** The bucket lost acknowledged rows and stopped. An operator must look at it. */
    STOPPED;

    /** Returns whether it says that the batch has the wrong sequence. */
    public boolean isAboutSequence() {
      return this == SEQUENCE_GAP || this == SEQUENCE_REGRESSION || this == UNKNOWN_WRITER;
    }
  }

  private final Reason reason;

  /**
   * @param reason what to do
   * @param message what, where, both values
   */
  public AppendException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /**
   * @param reason what to do
   * @param message what, where, both values
   * @param cause why
   */
  public AppendException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Returns what to do. */
  public Reason reason() {
    return reason;
  }
}
