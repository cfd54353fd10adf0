package io.sluice.catalog.metadata;

/**
 * A call to a {@link MetadataStore} that did not do what was asked; {@link #kind} says what to do.
 */
public final class MetadataException extends Exception {

  private static final long serialVersionUID = 1L;

  /** What is true after the failure. */
  public enum Kind {
    /** Nothing was done: there is a value already. */
    EXISTS,
    /** Nothing was done: there is no value. */
    MISSING,
    /** Nothing was done: the version is another one, or the value has children. Read again. */
    CONFLICT,
    /** Nothing was done: the store cannot be reached. The same call may succeed later. */
    UNAVAILABLE,
    /**
     * It may have been done or not, or may yet be done. Read, after a sync, before anything else.
     */
    UNKNOWN
  }

  private final Kind kind;

  /** Creates one; {@code message} names the path and both values. */
  public MetadataException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** Creates one with its cause. */
  public MetadataException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** Returns what is true after this failure. */
  public Kind kind() {
    return kind;
  }
}
