package io.sluice.flink.read;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;

/** Plans a read once, and gives its parts to whoever asks. */
final class BoundedEnumerator implements SplitEnumerator<SluiceSplit, EnumeratorState> {

  private final SplitEnumeratorContext<SluiceSplit> context;
  private final Callable<List<SluiceSplit>> plan;
  private final Deque<SluiceSplit> unassigned;
  private final Set<Integer> waiting = new LinkedHashSet<>();
  private boolean planned;

  BoundedEnumerator(
      SplitEnumeratorContext<SluiceSplit> context,
      Callable<List<SluiceSplit>> plan,
      EnumeratorState state) {
    this.context = context;
    this.plan = plan;
    this.planned = state.planned();
    this.unassigned = new ArrayDeque<>(state.unassigned());
  }

  @Override
  public void start() {
    if (!planned) {
      context.callAsync(plan, this::planned);
    }
  }

  private void planned(List<SluiceSplit> splits, @Nullable Throwable failure) {
    if (failure != null) {
      throw new FlinkRuntimeException(failure.getMessage(), failure);
    }
    unassigned.addAll(splits);
    planned = true;
    serveWaiting();
  }

  @Override
  public void handleSplitRequest(int reader, @Nullable String host) {
    waiting.add(reader);
    serveWaiting();
  }

  private void serveWaiting() {
    if (!planned) {
      return;
    }
    for (int reader : List.copyOf(waiting)) {
      waiting.remove(reader);
      if (!context.registeredReaders().containsKey(reader)) {
        continue;
      }
      SluiceSplit split = unassigned.pollFirst();
      if (split == null) {
        context.signalNoMoreSplits(reader);
      } else {
        context.assignSplit(split, reader);
      }
    }
  }

  @Override
  public void addSplitsBack(List<SluiceSplit> splits, int reader) {
    splits.forEach(unassigned::addFirst);
    serveWaiting();
  }

  @Override
  public void addReader(int reader) {
    // Readers ask.
  }

  @Override
  public EnumeratorState snapshotState(long checkpointId) {
    return new EnumeratorState(planned, 0, new ArrayList<>(unassigned));
  }

  @Override
  public void close() throws IOException {}
}
