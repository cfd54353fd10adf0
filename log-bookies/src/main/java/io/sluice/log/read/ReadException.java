package io.sluice.log.read;

import org.jspecify.annotations.Nullable;

/** Rows couldn't be read; {@link #reason} says what to do. */
public final class ReadException extends Exception {

  private static final long serialVersionUID = 1L;

  /** Why, and what to do about it. */
  public enum Reason {
    /** The offsets have left the log or are beyond its end. Read the lake, or another range. */
    OUT_OF_RANGE,
    /** This gateway no longer owns the bucket, or closed it. Open a cursor at the owner. */
    CLOSED,
    /** A ledger or the metadata can't be reached. Call again. */
    UNAVAILABLE,
    /** Stored bytes can't be read. An operator must look at the ledger. */
    CORRUPT
  }

  private final Reason reason;

  /**
   * @param reason what to do
   * @param message what, where, both values
   */
  public ReadException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /**
   * @param reason what to do
   * @param message what, where, both values
   * @param cause why, if known
   */
  public ReadException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Returns what to do. */
  public Reason reason() {
    return reason;
  }
}
