package io.sluice.flink.read;

import io.sluice.catalog.range.OffsetRange;
import io.sluice.client.BucketReader;
import io.sluice.client.BucketWatermark;
import io.sluice.client.ReadBatch;
import io.sluice.client.ReadSpec;
import io.sluice.client.SluiceException;
import io.sluice.client.SluiceException.Reason;
import io.sluice.flink.lake.LakeHistory;
import io.sluice.flink.read.SluiceSplit.RangeSplit;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.table.data.RowData;
import org.apache.iceberg.expressions.Expression;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An opened range of a bucket. It takes history from the lake and goes on in the log; what has left
 * the log when it gets there, it takes from the lake.
 */
final class RangeCursor implements SplitCursor {

  private static final Logger LOG = LoggerFactory.getLogger(RangeCursor.class);

  private final ReadContext context;
  private final RangeSplit split;
  private final ArrowRows arrowRows;
  private long position;
  private boolean lakeNext;
  private @Nullable LakeHistory history;
  private long historyEnd;
  private boolean atHistoryStart;
  private @Nullable BucketReader log;
  private @Nullable Schema checked;

  RangeCursor(ReadContext context, RangeSplit split) throws IOException {
    this.context = context;
    this.split = split;
    this.position = split.position();
    this.lakeNext = split.lakeFirst();
    this.arrowRows = arrowRows(context, split);
    if (!context.table().incarnation().equals(split.incarnation())) {
      throw new IOException(
          "table "
              + context.spec().name()
              + " was dropped and made anew: offsets of incarnation "
              + split.incarnation()
              + " mean nothing in "
              + context.table().incarnation()
              + "; start the query without its state");
    }
  }

  private static ArrowRows arrowRows(ReadContext context, RangeSplit split) throws IOException {
    LogColumns columns = context.log();
    columns.require(context.spec());
    return new ArrowRows(split.bucket(), context.spec().columns(), columns.byPlanned());
  }

  @Override
  public String splitId() {
    return split.splitId();
  }

  @Override
  public boolean ended() {
    return position >= split.to();
  }

  @Override
  public PolledRows poll() throws IOException {
    if (ended()) {
      return none();
    }
    if (lakeNext) {
      lakeNext = false;
      openHistory();
    }
    return history == null ? pollLog() : pollHistory(history);
  }

  /** Plans what the lake has of the rest, if it has any. */
  private void openHistory() throws IOException {
    long lakeOffset = context.lake().load().progress().offset(split.bucket());
    historyEnd = Math.min(lakeOffset, split.to());
    if (position < historyEnd) {
      atHistoryStart = true;
      history =
          new LakeHistory(
              context.lake(),
              split.bucket(),
              new OffsetRange(position, historyEnd),
              context.spec().columns(),
              context.spec().filters(),
              context.spec().lakeChunkRows());
    }
  }

  private PolledRows none() {
    return PolledRows.none(position, history != null || lakeNext);
  }

  private PolledRows pollHistory(LakeHistory open) throws IOException {
    Optional<List<LakeHistory.OffsetRow>> found = open.next();
    if (found.isEmpty()) {
      // What the lake doesn't have below its offset was deleted there.
      tellHole(historyEnd);
      position = historyEnd;
      closeHistory();
      return none();
    }
    int count = found.get().size();
    if (count > 0) {
      tellHole(found.get().get(0).offset());
    }
    RowData[] rows = new RowData[count];
    long[] next = new long[count];
    long[] times = new long[count];
    for (int i = 0; i < count; i++) {
      LakeHistory.OffsetRow row = found.get().get(i);
      rows[i] = row.row();
      next[i] = row.offset() + 1;
      boolean timed = row.micros() != Long.MIN_VALUE;
      times[i] = timed ? Math.floorDiv(row.micros(), 1_000L) : PolledRows.NO_TIME;
    }
    if (count > 0) {
      position = next[count - 1];
    }
    return new PolledRows(rows, count, next, times, position, true);
  }

  /**
   * Says which rows old age or another engine took out of the lake before they were read. Who reads
   * from the first row on takes whichever that is, and filters leave out rows too.
   */
  private void tellHole(long next) {
    boolean expected = position == 0 || !context.spec().filters().isEmpty();
    if (atHistoryStart && !expected && next > position) {
      LOG.warn(
          "Offsets [{}, {}) of table {}, bucket {}, were removed from the lake before this query"
              + " read them, by 'lake.retention' or another engine: it goes on behind them",
          position,
          next,
          context.spec().name(),
          split.bucket());
    }
    atHistoryStart = false;
  }

  private PolledRows pollLog() throws IOException {
    try {
      BucketReader open = log;
      if (open == null) {
        open = context.openLog(readSpec());
        log = open;
      }
      Optional<ReadBatch> polled = open.poll(Duration.ZERO);
      if (polled.isEmpty()) {
        passOver(open);
        return none();
      }
      try (ReadBatch batch = polled.get()) {
        requirePlanned(batch.rows().getSchema());
        position = batch.endOffset();
        return arrowRows.of(batch);
      }
    } catch (SluiceException e) {
      if (e.reason() != Reason.OUT_OF_RANGE) {
        throw failure(e);
      }
      closeLog();
      openHistory();
      if (history == null) {
        throw gap(e);
      }
      return none();
    }
  }

  /** With a filter the log's reader may have come further than its last rows. */
  private void passOver(BucketReader open) {
    boolean ended = open.ended();
    position = ended ? split.to() : Math.max(position, open.position());
  }

  private void requirePlanned(Schema rows) throws IOException {
    if (!rows.equals(checked)) {
      PlannedColumns.check(context.spec(), context.log(), rows);
      checked = rows;
    }
  }

  private ReadSpec readSpec() throws IOException {
    boolean forEver = split.to() == Long.MAX_VALUE;
    boolean mayWait = context.spec().settings().stop().mode() == Stop.Mode.OFFSETS;
    return new ReadSpec(
        context.spec().name(),
        split.bucket(),
        new ReadSpec.From.Offset(position),
        forEver ? OptionalLong.empty() : OptionalLong.of(split.to()),
        forEver || mayWait,
        context.logColumns(),
        logFilter(),
        context.prefetchBytes(),
        split.incarnation());
  }

  private Expression logFilter() throws IOException {
    LogColumns columns = context.log();
    return LogFilter.of(
        columns.sameNames(context.spec().filters()),
        new org.apache.iceberg.Schema(columns.columns()));
  }

  /** Says which rows are in neither log nor lake. */
  private IOException gap(SluiceException cause) {
    try {
      for (BucketWatermark log : context.watermarks()) {
        if (log.bucket() == split.bucket()) {
          String why = MissingRows.of(context.spec().name(), position, historyEnd, log);
          return new IOException(why, cause);
        }
      }
    } catch (SluiceException e) {
      cause.addSuppressed(e);
    }
    return new IOException(
        where() + " is in neither log nor lake: rows are missing (" + cause.getMessage() + ")",
        cause);
  }

  private IOException failure(SluiceException cause) {
    return new IOException(where() + " can't be read: " + cause.getMessage(), cause);
  }

  private String where() {
    return "offset "
        + position
        + " of table "
        + context.spec().name()
        + ", bucket "
        + split.bucket();
  }

  private void closeLog() {
    if (log != null) {
      log.close();
      log = null;
    }
  }

  private void closeHistory() throws IOException {
    LakeHistory closing = history;
    history = null;
    if (closing != null) {
      closing.close();
    }
  }

  @Override
  public void close() throws IOException {
    closeLog();
    closeHistory();
  }
}
