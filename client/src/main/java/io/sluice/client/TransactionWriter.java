package io.sluice.client;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Writes rows that become visible only when they are committed, by {@link
 * SluiceClient#commitTransactions}, maybe by another process and long after this one has ended. It
 * sends batches as {@link TableWriter} does: after a failure that may pass once more, without
 * doubling a row. After one that a retry can't mend it fails for good; its transactions that were
 * prepared can be committed all the same. Thread-safe; batches of one thread keep their order
 * within a bucket.
 */
public final class TransactionWriter implements AutoCloseable {

  private static final Duration ABORT_TIMEOUT = Duration.ofSeconds(5);

  private final SluiceClient client;
  private final TableDescription table;
  private final TransactionNumbers numbers;
  private final TableWriter writer;
  private boolean closed;

  private TransactionWriter(
      SluiceClient client,
      Cluster cluster,
      TableDescription table,
      UUID writerEpoch,
      WriterSettings settings) {
    this.client = client;
    this.table = table;
    this.numbers = new TransactionNumbers(table.incarnation(), writerEpoch);
    this.writer = TableWriter.open(cluster, table, settings.withWriterId(writerEpoch), numbers);
  }

  static TransactionWriter open(
      SluiceClient client,
      Cluster cluster,
      TableDescription table,
      UUID writerEpoch,
      WriterSettings settings) {
    return new TransactionWriter(client, cluster, table, writerEpoch, settings);
  }

  /** Returns the table as it was when the writer was opened. */
  public TableDescription table() {
    return table;
  }

  /**
   * Adds rows to the transactions of their buckets, which begin with their first rows. Blocks while
   * too much is in flight.
   *
   * @param batch as {@link TableWriter#append(VectorSchemaRoot)} takes it
   * @return completes once all rows are durable; they aren't visible yet, and each {@link
   *     Appended#offset} counts from the transaction's first row. Fails with a {@link
   *     SluiceException}; if only a part of the rows was sent, as {@link
   *     TableWriter#append(VectorSchemaRoot)} does. Completed on a thread of the connection: don't
   *     block in dependents.
   * @throws SluiceException if the writer has failed or is closed, or the wait for room is
   *     interrupted before anything was sent; nothing was added
   * @throws IllegalArgumentException if the rows can't be sent; nothing was added
   */
  public synchronized CompletableFuture<List<Appended>> append(VectorSchemaRoot batch)
      throws SluiceException {
    return writer.append(batch);
  }

  /** Waits until all that was appended is durable. Don't call it in dependents of its futures. */
  public void flush() throws SluiceException {
    writer.flush();
  }

  /**
   * Flushes, and ends each bucket's transaction that has rows; rows that are appended from now on
   * are of the next ones.
   *
   * @return what was ended, by bucket; empty if there were no rows. It expires, and can't be
   *     committed any more, when {@code transaction.timeout} has passed since it began
   * @throws SluiceException if a row isn't durable and never will be; nothing was ended
   */
  public synchronized List<PreparedTransaction> prepare() throws SluiceException {
    writer.flush();
    return numbers.end();
  }

  /** Returns the bytes that wait for their acknowledgement. */
  public long inFlightBytes() {
    return writer.inFlightBytes();
  }

  /**
   * Aborts what wasn't prepared, if a gateway answers soon; else it expires by itself. What was
   * prepared stays.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    writer.close();
    List<PreparedTransaction> open = numbers.open();
    if (!open.isEmpty()) {
      try {
        client.abortTransactions(table.name(), open, ABORT_TIMEOUT);
      } catch (SluiceException e) {
        // They expire: nobody can commit what nobody has prepared.
      }
    }
  }
}
