package io.sluice.catalog.bucket;

/** A transaction can't be registered or committed. Nothing was changed; the writer has to fail. */
public final class TransactionException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why it can't. */
  public enum Reason {
    /** It isn't recorded: never begun here, or expired, aborted and forgotten. */
    MISSING,
    /** It was aborted, by request or because it expired. */
    ABORTED,
    /** A transaction before it hasn't been committed. */
    GAP,
    /** Its rows or ledgers aren't those that the record names. */
    MISMATCH,
    /** The bucket has as many pending transactions, or segments, as it may: try again later. */
    TOO_MANY
  }

  private final Reason reason;

  /**
   * @param reason why it can't
   * @param message which transaction, and both values
   */
  public TransactionException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Returns why. */
  public Reason reason() {
    return reason;
  }
}
