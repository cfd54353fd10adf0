package io.sluice.cli;

import io.sluice.client.Appended;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * How far a file's rows are stored, in the order of the file: whoever sends the file again after a
 * failure would store them twice. Not thread-safe.
 */
final class StoredRows {

  private record Batch(int rows, CompletableFuture<List<Appended>> stored) {

    boolean isStored() {
      return stored.isDone() && !stored.isCompletedExceptionally();
    }
  }

  private final Deque<Batch> open = new ArrayDeque<>();
  private long before;
  private long openRows;

  /** Takes the next rows of the file, and what completes once they are stored. */
  void sent(int rows, CompletableFuture<List<Appended>> stored) {
    open.add(new Batch(rows, stored));
    openRows += rows;
    settle();
  }

  /** Returns a line for the user, to come behind what went wrong. */
  String line() {
    settle();
    return line(before, openRows);
  }

  private void settle() {
    while (!open.isEmpty() && open.peek().isStored()) {
      int rows = open.remove().rows();
      before += rows;
      openRows -= rows;
    }
  }

  /**
   * Returns a line for the user, to come behind what went wrong.
   *
   * @param before how many rows are stored
   * @param unknown of how many rows behind them it isn't known
   */
  static String line(long before, long unknown) {
    String from = "\nThe " + before + " rows before row " + (before + 1) + " are stored; ";
    return unknown == 0
        ? from + "none from there on."
        : from + "the up to " + unknown + " rows from row " + (before + 1) + " on may be.";
  }
}
