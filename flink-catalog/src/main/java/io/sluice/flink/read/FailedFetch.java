package io.sluice.flink.read;

import java.util.Set;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.util.FlinkRuntimeException;

/**
 * A failure on its way to the task, as if it were rows. Flink 2.3 lets a fetcher throw, but may
 * lose the word of it: its reader looks for errors, and then at its queue of rows; an error that
 * comes between the two is told by waking the reader, which finding the queue empty takes back. The
 * job would wait for ever. What is in the queue can't be missed.
 */
final class FailedFetch implements RecordsWithSplitIds<PlacedRow> {

  private final Exception cause;

  FailedFetch(Exception cause) {
    this.cause = cause;
  }

  /** Fails the task. */
  @Override
  public String nextSplit() {
    throw new FlinkRuntimeException(cause.getMessage(), cause);
  }

  @Override
  public PlacedRow nextRecordFromSplit() {
    throw new FlinkRuntimeException(cause.getMessage(), cause);
  }

  @Override
  public Set<String> finishedSplits() {
    return Set.of();
  }
}
