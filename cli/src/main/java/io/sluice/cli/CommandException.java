package io.sluice.cli;

/** A command can't do what it was asked; the message says what is wrong and what to do. */
public final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates one with what is wrong and what to do. */
  public CommandException(String message) {
    super(message);
  }

  /** Creates one with its cause. */
  public CommandException(String message, Throwable cause) {
    super(message, cause);
  }
}
