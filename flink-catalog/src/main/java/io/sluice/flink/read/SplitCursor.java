package io.sluice.flink.read;

import java.io.IOException;

/** An opened split. Used by one thread. */
interface SplitCursor extends AutoCloseable {

  /** Returns the split's id. */
  String splitId();

  /** Returns further rows, none if there are none now. May block on files, never on the log. */
  PolledRows poll() throws IOException;

  /** Returns whether all rows were returned. */
  boolean ended();

  @Override
  void close() throws IOException;
}
