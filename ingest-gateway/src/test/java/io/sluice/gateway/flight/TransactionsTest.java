package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.client.PreparedTransaction;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.SluiceException.Reason;
import io.sluice.client.TableDescription;
import io.sluice.client.TableWriter;
import io.sluice.client.TransactionWriter;
import io.sluice.client.WriterSettings;
import io.sluice.gateway.ClusterFixture.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Transactions through a cluster, by the Java client. */
@Timeout(120)
class TransactionsTest extends ThreeGateways {

  private SluiceClient client;

  @BeforeEach
  void connect() {
    client = SluiceClient.connect("127.0.0.1:" + cluster.nodes().get(0).port());
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  @Test
  void rowsAreVisibleOnceTheyAreCommittedAndOnlyOnce() throws Exception {
    try (TransactionWriter writer = writer(0)) {
      append(writer, ids(0, 5));
      append(writer, ids(5, 5));
      List<PreparedTransaction> first = writer.prepare();
      assertThat(first).hasSize(1);
      assertThat(first.get(0).rows()).isEqualTo(10);
      append(writer, ids(10, 5));
      List<PreparedTransaction> second = writer.prepare();
      assertThat(read(0)).as("before the commit").isEmpty();
      assertThat(writer.prepare()).as("without rows").isEmpty();

      client.commitTransactions(table, first);
      assertThat(read(0)).isEqualTo(numbers(0, 10));
      client.commitTransactions(table, first);
      client.commitTransactions(table, List.of(second.get(0), first.get(0)));
      client.commitTransactions(table, second);
      assertThat(read(0)).isEqualTo(numbers(0, 15));
    }
  }

  @Test
  void appendsGoOnBesideTransactionsOfAllBuckets() throws Exception {
    List<PreparedTransaction> prepared = new ArrayList<>();
    List<TransactionWriter> writers = new ArrayList<>();
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      TransactionWriter writer = writer(bucket);
      writers.add(writer);
      append(writer, ids(100, 10));
      prepared.addAll(writer.prepare());
      try (TableWriter plain = client.writer(table, WriterSettings.create().withBucket(bucket))) {
        plain.append(ids(0, 3)).join();
      }
    }
    assertThat(prepared).hasSize(BUCKETS);
    client.commitTransactions(table, prepared);
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      List<Long> expected = new ArrayList<>(numbers(0, 3));
      expected.addAll(numbers(100, 10));
      assertThat(read(bucket)).isEqualTo(expected);
    }
    writers.forEach(TransactionWriter::close);
  }

  @Test
  void whatWasPreparedIsCommittedThroughTheNextOwner() throws Exception {
    int bucket = bucketOfAnother();
    try (TransactionWriter writer = writer(bucket)) {
      append(writer, ids(0, 10));
      List<PreparedTransaction> prepared = writer.prepare();
      writer.append(ids(10, 10)).join();
      Node owner =
          cluster.nodes().stream()
              .filter(node -> node.port() == owner(clients.get(0), bucket))
              .findFirst()
              .orElseThrow();
      cluster.stop(owner);
      client.commitTransactions(table, prepared);
      assertThat(read(bucket)).isEqualTo(numbers(0, 10));
      append(writer, ids(20, 10));
      client.commitTransactions(table, writer.prepare());
      assertThat(read(bucket)).isEqualTo(numbers(0, 30));
      client.commitTransactions(table, prepared);
      assertThat(read(bucket)).isEqualTo(numbers(0, 30));
    }
  }

  @Test
  void whatWasAbortedOrNeverBegunOrIsIncompleteIsLost() throws Exception {
    List<PreparedTransaction> prepared;
    try (TransactionWriter writer = writer(3)) {
      append(writer, ids(0, 10));
      prepared = writer.prepare();
    }
    PreparedTransaction one = prepared.get(0);
    assertLost(
        "TRANSACTION_MISMATCH",
        () -> client.commitTransactions(table, List.of(with(one, one.n(), 11))));
    assertLost(
        "TRANSACTION_MISSING",
        () -> client.commitTransactions(table, List.of(with(one, one.n() + 1, 10))));
    assertLost(
        "TRANSACTION_MISSING",
        () ->
            client.commitTransactions(
                table,
                List.of(
                    new PreparedTransaction(
                        UUID.randomUUID(), one.bucket(), one.writerEpoch(), one.n(), 10))));
    client.abortTransactions(table, prepared);
    client.abortTransactions(table, prepared);
    assertLost("TRANSACTION_MISSING", () -> client.commitTransactions(table, prepared));
    assertThat(read(3)).isEmpty();
  }

  @Test
  void aTransactionBeforeMustCommitFirst() throws Exception {
    try (TransactionWriter writer = writer(5)) {
      append(writer, ids(0, 1));
      List<PreparedTransaction> first = writer.prepare();
      append(writer, ids(1, 1));
      List<PreparedTransaction> second = writer.prepare();
      assertLost("TRANSACTION_GAP", () -> client.commitTransactions(table, second));
      client.commitTransactions(table, first);
      client.commitTransactions(table, second);
      assertThat(read(5)).isEqualTo(numbers(0, 2));
      client.abortTransactions(table, second);
      assertThat(read(5)).isEqualTo(numbers(0, 2));
    }
  }

  @Test
  void aWriterThatIsClosedAbortsWhatItDidNotPrepare() throws Exception {
    PreparedTransaction open;
    try (TransactionWriter writer = writer(7)) {
      writer.append(ids(0, 4)).join();
      open =
          new PreparedTransaction(
              writer.table().incarnation(), 7, UUID.nameUUIDFromBytes(new byte[] {7}), 0, 4);
    }
    assertLost("TRANSACTION_MISSING", () -> client.commitTransactions(table, List.of(open)));
  }

  private static void append(TransactionWriter writer, VectorSchemaRoot rows)
      throws SluiceException {
    var unused = writer.append(rows);
  }

  private TransactionWriter writer(int bucket) throws SluiceException {
    TableDescription described = client.describe(table);
    return client.transactionWriter(
        described,
        UUID.nameUUIDFromBytes(new byte[] {(byte) bucket}),
        WriterSettings.create().withBucket(bucket));
  }

  private static PreparedTransaction with(PreparedTransaction one, long n, long rows) {
    return new PreparedTransaction(one.incarnation(), one.bucket(), one.writerEpoch(), n, rows);
  }

  private static void assertLost(String code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SluiceException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.reason()).isEqualTo(Reason.TRANSACTION_LOST);
            });
  }

  /** Returns rows for the client to take. */
  private VectorSchemaRoot ids(long first, int count) throws SluiceException {
    VectorSchemaRoot root =
        VectorSchemaRoot.create(client.describe(table).arrowSchema(), client.allocator());
    BigIntVector ids = (BigIntVector) root.getVector("id");
    for (int row = 0; row < count; row++) {
      ids.setSafe(row, first + row);
    }
    root.setRowCount(count);
    return root;
  }

  /** Reads through the first gateway, which no test stops. */
  private List<Long> read(int bucket) throws Exception {
    return read(clients.get(0), bucket, "");
  }

  private static List<Long> numbers(long first, int count) {
    List<Long> numbers = new ArrayList<>();
    for (long n = first; n < first + count; n++) {
      numbers.add(n);
    }
    return numbers;
  }
}
