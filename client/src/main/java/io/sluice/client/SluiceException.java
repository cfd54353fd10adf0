package io.sluice.client;

import org.jspecify.annotations.Nullable;

/** A call to Sluice failed; {@link #reason} says what the caller can do. */
public final class SluiceException extends Exception {

  private static final long serialVersionUID = 1L;

  /** What to do. */
  public enum Reason {
    /** There is no such database, table or bucket. Check the name. */
    NOT_FOUND,
    /** There is one already. */
    ALREADY_EXISTS,
    /** The request is wrong. Fix it; sending it again will fail again. */
    INVALID,
    /** The offsets asked for are not in the log: they have gone to the lake, or don't exist yet. */
    OUT_OF_RANGE,
    /**
     * The columns that are read aren't those any more that the reader began with. Open another at
     * its position, which has them as they are now.
     */
    SCHEMA_CHANGED,
    /** The writer's sequence doesn't fit what the bucket knows of it. Open a new writer. */
    SEQUENCE,
    /**
     * A transaction can't be committed, now or ever: it has expired or was aborted, or one before
     * it wasn't committed, or its rows aren't those that were prepared. Its rows are not visible
     * and won't be. Fail, and write the rows again; don't retry. If the {@link #code} is {@code
     * TRANSACTION_MISSING} it may also have been committed so long ago that the table has forgotten
     * it ({@code transaction.retention}), and its rows are visible: look for them first.
     */
    TRANSACTION_LOST,
    /** The gateway has too much to do. Try again, after a pause. */
    OVERLOADED,
    /**
     * No gateway can be reached, or it answered too late, after all retries. Whether the call was
     * carried out is unknown; appends through the same writer may be retried safely.
     */
    UNAVAILABLE,
    /** The caller may not do this. */
    UNAUTHORIZED,
    /** Client, writer or reader has been closed. */
    CLOSED,
    /** Something is wrong in Sluice. Tell an operator. */
    INTERNAL
  }

  /** Who says so. */
  enum Origin {
    /** A gateway that was reached. */
    GATEWAY,
    /** The connection, or this client: whether a gateway carried the call out is unknown. */
    CONNECTION,
    /** No connection could be made: nothing was sent. */
    NOT_SENT
  }

  private final Reason reason;
  private final String code;
  private final Origin origin;

  /** Creates one; the message says what, where and what to do. */
  public SluiceException(Reason reason, String message) {
    this(reason, reason.name(), message, Origin.CONNECTION, null);
  }

  /** Creates one with its cause. */
  public SluiceException(Reason reason, String message, Throwable cause) {
    this(reason, reason.name(), message, Origin.CONNECTION, cause);
  }

  SluiceException(
      Reason reason, String code, String message, Origin origin, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.code = code;
    this.origin = origin;
  }

  /** Returns what to do. */
  public Reason reason() {
    return reason;
  }

  /** Returns the gateway's own name for the reason, finer than {@link #reason}. */
  public String code() {
    return code;
  }

  /** Returns whether the same call may succeed if made again after a pause. */
  public boolean retryable() {
    return reason == Reason.UNAVAILABLE || reason == Reason.OVERLOADED;
  }

  /** Returns whether a gateway was reached and said so itself. */
  boolean fromGateway() {
    return origin == Origin.GATEWAY;
  }

  /** Returns whether it is certain that no gateway was asked. */
  boolean notSent() {
    return origin == Origin.NOT_SENT;
  }

  /** Returns one of the same reason whose message begins with what failed. */
  SluiceException in(String what) {
    return new SluiceException(reason, code, what + ": " + getMessage(), origin, this);
  }
}
