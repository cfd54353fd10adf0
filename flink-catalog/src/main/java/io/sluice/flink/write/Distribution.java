package io.sluice.flink.write;

import java.util.Locale;

/** How rows get to the subtasks of a sink: {@code sink.distribution}. */
public enum Distribution {
  /** A bucket's rows to as few subtasks as there can be, the rows of one key to one subtask. */
  BUCKET,
  /** As they come from the query. */
  NONE;

  /** Returns the value as options have it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
