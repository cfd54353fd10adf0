package io.sluice.flink.write;

import io.sluice.client.PreparedTransaction;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.flink.api.connector.sink2.Committer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits the transactions of complete checkpoints. What has been committed before is success, so
 * that a restored job commits all that its checkpoint has once more.
 *
 * <p>A transaction that can't be committed any more fails the job: Flink's own way to report it
 * counts it and goes on, and the rows would be missing in silence. One that isn't committed in time
 * fails it too, and loses nothing. Flink's own retries aren't used: they are a number of times,
 * however long each takes, and end with words that say nothing of the table.
 */
final class TransactionCommitter implements Committer<PreparedTransaction> {

  private static final Logger LOG = LoggerFactory.getLogger(TransactionCommitter.class);

  /** Makes transactions visible. */
  @FunctionalInterface
  interface Commit {
    void commit(List<PreparedTransaction> transactions) throws SluiceException;
  }

  private final SinkSpec spec;
  private final Commit commit;
  private final LongSupplier nanoTime;
  private final @Nullable SluiceClient client;

  TransactionCommitter(SinkSpec spec) {
    this.spec = spec;
    this.nanoTime = System::nanoTime;
    SluiceClient opened = spec.endpoint().connect();
    this.client = opened;
    this.commit = transactions -> opened.commitTransactions(spec.name(), transactions);
  }

  /** For tests. */
  TransactionCommitter(SinkSpec spec, Commit commit, LongSupplier nanoTime) {
    this.spec = spec;
    this.nanoTime = nanoTime;
    this.client = null;
    this.commit = commit;
  }

  @Override
  public void commit(Collection<CommitRequest<PreparedTransaction>> requests) throws IOException {
    List<PreparedTransaction> transactions =
        requests.stream().map(CommitRequest::getCommittable).toList();
    if (transactions.isEmpty()) {
      return;
    }
    long begin = nanoTime.getAsLong();
    while (true) {
      try {
        commit.commit(transactions);
        return;
      } catch (SluiceException e) {
        if (!e.retryable()) {
          throw new IOException(Refusals.lost(spec, transactions, e), e);
        }
        // The client has tried for a while, with pauses, unless the task is cancelled.
        long tried = nanoTime.getAsLong() - begin;
        if (Thread.currentThread().isInterrupted() || tried >= spec.commitTimeout().toNanos()) {
          throw new IOException(Refusals.late(spec, transactions, e), e);
        }
        LOG.warn(
            "Transactions of table {} at {} may not be committed yet, trying again",
            spec.name(),
            spec.endpoint().address(),
            e);
      }
    }
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
  }
}
