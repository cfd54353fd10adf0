package io.sluice.catalog.table;

import org.jspecify.annotations.Nullable;

/** A call to the catalog failed; {@link #reason} says what the caller can do. */
public final class CatalogException extends Exception {

  private static final long serialVersionUID = 1L;

  /** What to do. */
  public enum Reason {
    /** There is no such database or table. */
    NOT_FOUND,
    /** There is one already. */
    ALREADY_EXISTS,
    /** The request is wrong and will fail again. */
    INVALID,
    /** A database still has tables. */
    NOT_EMPTY,
    /** The metadata store or the lake can't be reached, or someone was faster: try again. */
    UNAVAILABLE,
    /**
     * A gateway is registered that is too old for it: finish the upgrade of the gateways, then ask
     * again.
     */
    OLDER_GATEWAY,
    /** The lake is behind what was confirmed: an operator must say how to go on. */
    LAKE_HISTORY_LOST
  }

  private final Reason reason;

  /** Creates one; the message says what, where and what to do. */
  public CatalogException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Creates one with its cause. */
  public CatalogException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Returns what to do. */
  public Reason reason() {
    return reason;
  }
}
