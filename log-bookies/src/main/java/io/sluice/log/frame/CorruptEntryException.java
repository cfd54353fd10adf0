package io.sluice.log.frame;

/**
 * Bytes that should be an entry or a frame are not. Nothing can be read from them; the message says
 * what is wrong and at which byte. A {@link NewerEntryException} is one whose bytes are fine.
 */
public sealed class CorruptEntryException extends RuntimeException permits NewerEntryException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what is wrong, and where
   */
  public CorruptEntryException(String message) {
    super(message);
  }

  CorruptEntryException(String message, Throwable cause) {
    super(message, cause);
  }
}
