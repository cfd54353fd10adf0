package io.sluice.gateway.rows;

import java.util.List;

/**
 * Rows of a request are not rows of the table. Nothing of the request was written; fix the rows and
 * send it again.
 */
public final class BadRowsException extends Exception {

  private static final long serialVersionUID = 1L;

  /** At most this many errors are listed; reading stops there. */
  public static final int MOST_ERRORS = 100;

  private final transient List<RowError> errors;

  public BadRowsException(List<RowError> errors) {
    super(message(errors));
    this.errors = List.copyOf(errors);
  }

  /** Returns the errors in the order of the rows, 1 to {@link #MOST_ERRORS} of them. */
  public List<RowError> errors() {
    return errors;
  }

  private static String message(List<RowError> errors) {
    if (errors.isEmpty()) {
      throw new IllegalArgumentException("errors must not be empty");
    }
    String more = "";
    if (errors.size() >= MOST_ERRORS) {
      more = " (the first " + MOST_ERRORS + " errors are listed)";
    } else if (errors.size() > 1) {
      more = " (and " + (errors.size() - 1) + " more)";
    }
    return errors.get(0) + more + "; nothing of the request was written";
  }
}
