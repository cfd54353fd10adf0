package io.sluice.flink.read;

import io.sluice.flink.lake.LakeFiles;
import io.sluice.flink.pushdown.Pushed;
import io.sluice.flink.read.SluiceSplit.LakeSplit;
import io.sluice.flink.read.SluiceSplit.RangeSplit;
import io.sluice.flink.read.SluiceSplit.TotalsSplit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.flink.util.IOUtils;
import org.jspecify.annotations.Nullable;

/** Reads the splits of one reader in turn, on Flink's fetcher thread. */
final class SluiceSplitReader implements SplitReader<PlacedRow, SluiceSplit> {

  private static final long IDLE_WAIT_MS = 1_000;

  private final ReadContext context;
  private final LimitedCursor.RowsLeft left;
  private final Deque<SluiceSplit> unopened = new ArrayDeque<>();
  private final Deque<SplitCursor> open = new ArrayDeque<>();
  private final Set<String> paused = new HashSet<>();
  private final Map<String, Place> places = new HashMap<>();
  private final Object signal = new Object();
  private final SplitProgress progress;
  private final ReaderMetrics metrics;
  private final LogEnds logEnds;
  private final Opener opener;
  private boolean signalled;
  private boolean failed;

  private record Place(long position, boolean history) {}

  /** Opens splits where they are. */
  @FunctionalInterface
  interface Opener {
    SplitCursor open(SluiceSplit split) throws IOException;
  }

  SluiceSplitReader(ScanSpec spec, SplitProgress progress, ReaderMetrics metrics) {
    this(spec, progress, metrics, null);
  }

  /**
   * @param opener null to open splits where the spec's endpoint has them
   */
  SluiceSplitReader(
      ScanSpec spec, SplitProgress progress, ReaderMetrics metrics, @Nullable Opener opener) {
    this.opener = opener == null ? this::open : opener;
    this.context = new ReadContext(spec, this::wakeUp);
    this.left = new LimitedCursor.RowsLeft(spec.pushed().limit());
    this.progress = progress;
    this.metrics = metrics;
    this.logEnds = new LogEnds(context::watermarks, metrics::known);
  }

  @Override
  public void handleSplitsChanges(SplitsChange<SluiceSplit> change) {
    if (!(change instanceof SplitsAddition)) {
      throw new UnsupportedOperationException("splits are only added, not " + change);
    }
    unopened.addAll(change.splits());
    context.openSplits(unopened.size() + open.size());
    wakeUp();
  }

  /** Never throws: see {@link FailedFetch}. */
  @Override
  public RecordsWithSplitIds<PlacedRow> fetch() {
    try {
      if (failed) {
        awaitSignal(); // The task ends, and then this.
        return FetchedRows.none(progress);
      }
      return next();
    } catch (IOException | RuntimeException e) {
      failed = true;
      return new FailedFetch(e);
    }
  }

  private RecordsWithSplitIds<PlacedRow> next() throws IOException {
    while (!unopened.isEmpty()) {
      open.addLast(pushedInto(unopened.pollFirst()));
    }
    clearSignal();
    if (metrics.wantsEnds()) {
      logEnds.maybeLook(System.nanoTime());
    }
    boolean moreHistory = false;
    for (int i = open.size(); i > 0; i--) {
      SplitCursor cursor = open.removeFirst();
      open.addLast(cursor);
      if (paused.contains(cursor.splitId())) {
        continue;
      }
      PolledRows rows = poll(cursor);
      boolean ended = cursor.ended();
      if (ended) {
        open.remove(cursor);
        cursor.close();
      }
      if (ended || isNew(cursor.splitId(), rows)) {
        metrics.fetched(cursor.splitId(), rows, ended);
        return FetchedRows.of(cursor.splitId(), rows, ended, progress);
      }
      moreHistory |= rows.history();
    }
    if (!moreHistory) { // The lake gives no signal: what follows there can be read at once.
      awaitSignal();
    }
    return FetchedRows.none(progress);
  }

  /** Returns whether there are rows, or a split is further than it was, or elsewhere. */
  private boolean isNew(String splitId, PolledRows rows) {
    Place place = new Place(rows.position(), rows.history());
    return !place.equals(places.put(splitId, place)) || !rows.isEmpty();
  }

  private PolledRows poll(SplitCursor cursor) throws IOException {
    try {
      return cursor.poll();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (RuntimeException e) {
      throw new IOException(
          "table "
              + context.spec().name()
              + ", split "
              + cursor.splitId()
              + " can't be read: "
              + e.getMessage(),
          e);
    }
  }

  private SplitCursor pushedInto(SluiceSplit split) throws IOException {
    Pushed pushed = context.spec().pushed();
    if (split instanceof TotalsSplit totals) {
      return TotalsCursor.of(totals, pushed.aggregates());
    }
    SplitCursor rows = opener.open(split);
    if (pushed.isAggregate()) {
      return new TotalsCursor(rows, pushed.aggregates(), this::wakeUp);
    }
    return pushed.hasLimit() ? new LimitedCursor(rows, left) : rows;
  }

  private SplitCursor open(SluiceSplit split) throws IOException {
    if (split instanceof LakeSplit lake) {
      LakeFiles.Rows rows =
          LakeFiles.open(
              context.version(),
              context.table(),
              lake.tasks(),
              context.spec().columns(),
              context.spec().filters());
      rows.skip(lake.rowsRead());
      return new LakeCursor(lake.splitId(), rows, lake.rowsRead());
    }
    return new RangeCursor(context, (RangeSplit) split);
  }

  @Override
  public void pauseOrResumeSplits(Collection<SluiceSplit> pause, Collection<SluiceSplit> resume) {
    pause.forEach(split -> paused.add(split.splitId()));
    resume.forEach(split -> paused.remove(split.splitId()));
  }

  @Override
  public void wakeUp() {
    synchronized (signal) {
      signalled = true;
      signal.notifyAll();
    }
  }

  private void clearSignal() {
    synchronized (signal) {
      signalled = false;
    }
  }

  private void awaitSignal() throws IOException {
    synchronized (signal) {
      long deadline = System.nanoTime() + IDLE_WAIT_MS * 1_000_000;
      try {
        while (!signalled && deadline - System.nanoTime() > 0) {
          signal.wait(IDLE_WAIT_MS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("the read was interrupted", e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    List<AutoCloseable> all = new ArrayList<>(open);
    all.add(context); // Last: the memory of all of them is its client's.
    try {
      IOUtils.closeAll(all);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("what was read can't be closed", e);
    }
  }
}
