package io.sluice.log.frame;

/**
 * Bytes that should be an entry or a frame are not. Nothing can be read from them; the message says
 * what is wrong and at which byte.
 */
public final class CorruptEntryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CorruptEntryException(String message) {
    super(message);
  }

  CorruptEntryException(String message, Throwable cause) {
    super(message, cause);
  }
}
