package io.sluice.gateway.rows;

/**
 * One value doesn't fit its column. Carries no stack trace: it is an answer, made for each bad
 * value of a request.
 */
final class BadValueException extends Exception {

  private static final long serialVersionUID = 1L;

  BadValueException(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
