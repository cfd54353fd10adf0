package io.sluice.cli;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What a process has opened, to be closed in reverse: what needs others goes first. */
final class Opened implements AutoCloseable {

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  /** Adds what was opened just now, and returns it. */
  <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  /**
   * Closes all.
   *
   * @throws IOException if some could not be closed cleanly; all the others are, and no row is lost
   */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IOException(e.getMessage(), e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Closes all after {@code cause}, which is thrown on by the caller. */
  void closeAfter(Throwable cause) {
    try {
      close();
    } catch (IOException also) {
      cause.addSuppressed(also);
    }
  }
}
