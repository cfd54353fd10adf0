package io.sluice.cli;

import java.io.PrintWriter;

/** What printing leaves unsaid: whether the rows arrived. */
final class StandardOutput {

  private StandardOutput() {}

  /**
   * Flushes what a command printed.
   *
   * @throws CommandException if some of it, now or before, couldn't be written: the disk is full,
   *     or nobody reads it any more
   */
  static void flush(PrintWriter out) {
    // The writer of a command line prints to System.out, which keeps its failures to itself.
    if (out.checkError() || System.out.checkError()) {
      throw new CommandException("can't write to standard output");
    }
  }
}
