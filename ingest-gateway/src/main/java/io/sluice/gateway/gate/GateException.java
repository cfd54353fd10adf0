package io.sluice.gateway.gate;

import io.sluice.gateway.rows.RowError;
import java.util.List;

/**
 * What came in can't be rows of the table. Nothing of the batch was written; {@link #code} is for
 * programs, the message says what was found, where, and what to do.
 */
public final class GateException extends Exception {

  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Code {
    /** The columns don't fit the table: a name or a type. */
    BAD_SCHEMA,
    /** Values don't fit their columns; {@link #errors} names them. */
    BAD_ROWS,
    /** The bytes aren't what they claim to be. */
    BAD_MESSAGE,
    /** Valid Arrow that Sluice doesn't take. */
    UNSUPPORTED,
    /** Over a limit. */
    TOO_LARGE,
    /** The request around the rows is wrong: bucket, writer or sequence. */
    BAD_REQUEST
  }

  private final Code code;
  private final transient List<RowError> errors;

  /**
   * @param code what is wrong
   * @param message what, where, both values
   */
  public GateException(Code code, String message) {
    super(message);
    this.code = code;
    this.errors = List.of();
  }

  /**
   * Refuses values, or columns as a whole.
   *
   * @param errors at least one; row 0 is the schema
   */
  public GateException(Code code, List<RowError> errors) {
    super(message(errors));
    this.code = code;
    this.errors = List.copyOf(errors);
  }

  /** Returns what is wrong. */
  public Code code() {
    return code;
  }

  /** Returns the values that were refused, rows counted from 1; empty if it isn't about values. */
  public List<RowError> errors() {
    return errors;
  }

  private static String message(List<RowError> errors) {
    if (errors.isEmpty()) {
      throw new IllegalArgumentException("errors must not be empty");
    }
    RowError first = errors.get(0);
    String text =
        first.row() == 0 ? "column '" + first.column() + "': " + first.reason() : first + "";
    String more = errors.size() == 1 ? "" : " (and " + (errors.size() - 1) + " more)";
    return text + more + "; nothing of the batch was written";
  }
}
