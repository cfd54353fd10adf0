package io.sluice.gateway.gate;

/** A value doesn't fit its column; the message says why, for a {@code RowError}. */
final class UnfitValueException extends Exception {

  private static final long serialVersionUID = 1L;

  UnfitValueException(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
