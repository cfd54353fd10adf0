package io.sluice.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.client.PreparedTransaction;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.TransactionWriter;
import io.sluice.client.WriterSettings;
import io.sluice.testing.history.Ack;
import io.sluice.testing.history.History;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Appends to one bucket in transactions, as a sink does: while rows of the next one are appended,
 * the one before is committed, and maybe committed again, as after an answer that was lost. Now and
 * then a transaction is aborted, or left behind as by a process that died; its rows are written
 * again in a new epoch. Rows of those two must never be seen, or they would be there twice.
 */
final class TransactionLoad extends Load {

  private static final int MOST_BATCHES = 4;
  private static final int MOST_ROWS = 20;
  private static final long LIMIT_SECONDS = 150;

  private final SluiceClient client;
  private final History history;
  private final int writer;
  private final int bucket;
  private final Random random;

  TransactionLoad(SluiceClient client, History history, int writer, int bucket, long seed) {
    super("transactions-" + writer);
    this.client = client;
    this.history = history;
    this.writer = writer;
    this.bucket = bucket;
    this.random = new Random(seed + writer);
  }

  /** Rows that are to be there once, whatever it takes. */
  private record Rows(long n, int count) {}

  @Override
  void run() throws Exception {
    Rows rows = next();
    while (!isStopping()) {
      rows = liveAnEpoch(rows);
    }
  }

  /** Writes transactions in one epoch until one isn't committed; returns its rows. */
  private Rows liveAnEpoch(Rows first) throws Exception {
    Rows rows = first;
    try (TransactionWriter appender = open()) {
      append(appender, rows);
      while (true) {
        List<PreparedTransaction> prepared = appender.prepare();
        assertThat(prepared).singleElement().extracting("rows").isEqualTo((long) rows.count());
        int fate = random.nextInt(10);
        if (isStopping() || fate > 1) {
          Rows following = next();
          if (!isStopping()) {
            append(appender, following);
          }
          commit(prepared);
          if (fate > 7) {
            commit(prepared);
          }
          history.acknowledged(new Ack(writer, bucket, rows.n(), rows.count(), Ack.UNTOLD));
          if (isStopping()) {
            return following;
          }
          rows = following;
        } else {
          if (fate == 1) {
            abort(prepared);
          }
          return rows;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50 + random.nextInt(200)));
      }
    }
  }

  private TransactionWriter open() throws SluiceException {
    WriterSettings settings = WriterSettings.create().withBucket(bucket);
    return client.transactionWriter(client.describe(ChaosTable.NAME), UUID.randomUUID(), settings);
  }

  private Rows next() {
    int count = 1 + random.nextInt(MOST_ROWS);
    return new Rows(history.send(writer, bucket, count), count);
  }

  /** Appends rows in a few batches. */
  private void append(TransactionWriter appender, Rows rows) throws Exception {
    int most = 1 + rows.count() / (1 + random.nextInt(MOST_BATCHES));
    for (int from = 0; from < rows.count(); from += most) {
      int count = Math.min(most, rows.count() - from);
      VectorSchemaRoot batch = VectorSchemaRoot.create(columns(appender), client.allocator());
      IntVector writers = (IntVector) batch.getVector("writer");
      BigIntVector numbers = (BigIntVector) batch.getVector("n");
      for (int row = 0; row < count; row++) {
        writers.setSafe(row, writer);
        numbers.setSafe(row, rows.n() + from + row);
      }
      batch.setRowCount(count);
      var unused = appender.append(batch);
    }
  }

  /** Returns the columns that stay, whatever others the table gets and loses. */
  private static Schema columns(TransactionWriter appender) {
    Schema all = appender.table().arrowSchema();
    return new Schema(ChaosTable.NAMES.stream().map(all::findField).toList());
  }

  /** Commits until it is known that it is committed. */
  private void commit(List<PreparedTransaction> prepared) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (true) {
      try {
        client.commitTransactions(ChaosTable.NAME, prepared);
        return;
      } catch (SluiceException e) {
        if (!e.retryable() || System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  /** Aborts until it is known that it can't be committed any more. */
  private void abort(List<PreparedTransaction> prepared) throws Exception {
    client.abortTransactions(ChaosTable.NAME, prepared);
    assertThatThrownBy(() -> client.commitTransactions(ChaosTable.NAME, prepared))
        .isInstanceOfSatisfying(
            SluiceException.class,
            e -> assertThat(e.reason()).isEqualTo(SluiceException.Reason.TRANSACTION_LOST));
  }
}
