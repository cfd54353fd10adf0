package io.sluice.flink.read;

import io.sluice.flink.read.SluiceSplit.RangeSplit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides once where each bucket begins and ends, and gives each bucket to one reader for good. For
 * a read that doesn't end, buckets that the table gets later are looked for now and then.
 */
final class UnboundedEnumerator implements SplitEnumerator<SluiceSplit, EnumeratorState> {

  private static final Logger LOG = LoggerFactory.getLogger(UnboundedEnumerator.class);
  private static final String BUCKETS_IN_HISTORY = "bucketsInHistory";

  private final SplitEnumeratorContext<SluiceSplit> context;
  private final RangePlanner planner;
  private final Duration discovery;
  private final boolean ends;
  private final List<SluiceSplit> unassigned;
  private final Backlog backlog;
  private boolean planned;
  private volatile int bucketCount;

  UnboundedEnumerator(
      SplitEnumeratorContext<SluiceSplit> context,
      RangePlanner planner,
      EnumeratorState state,
      Duration discovery,
      boolean ends) {
    this.context = context;
    this.backlog = Backlog.of(context::setIsProcessingBacklog, ends);
    this.planner = planner;
    this.discovery = discovery;
    this.ends = ends;
    this.planned = state.planned();
    this.bucketCount = state.bucketCount();
    this.unassigned = new ArrayList<>(state.unassigned());
  }

  @Override
  public void start() {
    context.metricGroup().gauge(BUCKETS_IN_HISTORY, (Gauge<Integer>) backlog::buckets);
    if (!planned) {
      context.callAsync(planner::ranges, this::planned);
    }
    if (ends) {
      return;
    }
    long pause = discovery.toMillis();
    context.callAsync(() -> planner.added(bucketCount), this::discovered, pause, pause);
  }

  private void planned(List<SluiceSplit> splits, @Nullable Throwable failure) {
    if (failure != null) {
      throw new FlinkRuntimeException(failure.getMessage(), failure);
    }
    unassigned.addAll(splits);
    planned = true;
    bucketCount = splits.size();
    backlog.expect(splits);
    assign();
    context.registeredReaders().keySet().forEach(this::allGiven);
  }

  /** Tells a reader that it has all there is for it, which may be nothing. */
  private void allGiven(int reader) {
    if (!planned) {
      return;
    }
    if (ends) {
      context.signalNoMoreSplits(reader);
    } else {
      context.sendEventToSourceReader(reader, new AllGivenEvent());
    }
  }

  private void discovered(List<SluiceSplit> splits, @Nullable Throwable failure) {
    if (failure != null) {
      // What is known can be read meanwhile.
      LOG.warn("New buckets can't be looked for; it is tried again in {}", discovery, failure);
      return;
    }
    // One look may have begun before what the one before it found was heard of.
    int known = bucketCount;
    List<SluiceSplit> added =
        splits.stream().filter(split -> ((RangeSplit) split).bucket() >= known).toList();
    if (!added.isEmpty()) {
      unassigned.addAll(added);
      bucketCount = known + added.size();
      assign();
    }
  }

  /** Gives buckets to the readers that are there; the others' wait for them. */
  private void assign() {
    Map<Integer, List<SluiceSplit>> assignment = new HashMap<>();
    for (SluiceSplit split : unassigned) {
      int reader = ((RangeSplit) split).bucket() % context.currentParallelism();
      if (context.registeredReaders().containsKey(reader)) {
        assignment.computeIfAbsent(reader, any -> new ArrayList<>()).add(split);
      }
    }
    if (!assignment.isEmpty()) {
      assignment.values().forEach(unassigned::removeAll);
      context.assignSplits(new SplitsAssignment<>(assignment));
    }
  }

  @Override
  public void handleSplitRequest(int reader, @Nullable String host) {
    // Buckets are given, not asked for.
  }

  @Override
  public void handleSourceEvent(int reader, SourceEvent event) {
    if (event instanceof HistoryEvent history) {
      backlog.heard(history);
    }
  }

  @Override
  public void addSplitsBack(List<SluiceSplit> splits, int reader) {
    unassigned.addAll(splits);
    assign();
  }

  @Override
  public void addReader(int reader) {
    assign();
    allGiven(reader);
  }

  @Override
  public EnumeratorState snapshotState(long checkpointId) {
    return new EnumeratorState(planned, bucketCount, unassigned);
  }

  @Override
  public void close() throws IOException {}
}
