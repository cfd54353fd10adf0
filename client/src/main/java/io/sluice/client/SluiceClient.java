package io.sluice.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.ClientInterceptor;
import io.sluice.catalog.table.ColumnChanges;
import io.sluice.catalog.table.OptionChanges;
import io.sluice.catalog.table.TableName;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/**
 * A client of a cluster: makes tables, appends rows, reads and follows them. It connects on the
 * first call, and again whenever it must. One gateway that it can reach is enough: it learns of the
 * others, appends to and reads from the owner of each bucket, and follows buckets that change their
 * owner. Close writers and readers before it. Thread-safe.
 */
public final class SluiceClient implements AutoCloseable {

  private static final Duration FLUSH_MARGIN = Duration.ofSeconds(10);

  /** The commit itself takes a while for a table with many files. */
  private static final Duration TRUNCATE_MARGIN = Duration.ofSeconds(60);

  private static final int MAX_TRANSACTIONS_PER_CALL = 1_000;

  private final Cluster cluster;
  private final BufferAllocator allocator;
  private final boolean ownAllocator;

  private SluiceClient(
      ClientSettings settings,
      BufferAllocator allocator,
      boolean ownAllocator,
      List<ClientInterceptor> interceptors) {
    this.allocator = allocator;
    this.ownAllocator = ownAllocator;
    this.cluster = new Cluster(settings, allocator, interceptors);
  }

  /**
   * Returns a client of a cluster, with an Arrow allocator of its own.
   *
   * @param endpoints one or more of its gateways, such as {@code localhost:9470} or {@code
   *     gateway-1:9470,gateway-2:9470}; the first that can be reached is used. With {@code
   *     grpc+tls://} before each, connections are encrypted
   * @throws IllegalArgumentException if one of them isn't an endpoint
   */
  public static SluiceClient connect(String endpoints) {
    return connect(ClientSettings.of(endpoints));
  }

  /**
   * Returns a client of a cluster that is known by other credentials than the environment's.
   *
   * @param endpoints as {@link #connect(String)} takes them
   * @throws IllegalArgumentException if one of them isn't an endpoint
   */
  public static SluiceClient connect(String endpoints, Credentials credentials) {
    return connect(ClientSettings.of(endpoints).with(credentials));
  }

  /** Returns a client of a cluster, with an Arrow allocator of its own. */
  public static SluiceClient connect(ClientSettings settings) {
    return new SluiceClient(settings, new RootAllocator(), true, List.of());
  }

  /** Returns a client each of whose calls goes through an interceptor. */
  static SluiceClient connect(ClientSettings settings, ClientInterceptor interceptor) {
    return new SluiceClient(settings, new RootAllocator(), true, List.of(interceptor));
  }

  /** Returns a client whose buffers come from {@code allocator}, which must outlive it. */
  public static SluiceClient connect(ClientSettings settings, BufferAllocator allocator) {
    return new SluiceClient(settings, allocator, false, List.of());
  }

  /** Returns the allocator that the buffers come from. */
  public BufferAllocator allocator() {
    return allocator;
  }

  /** Makes a database. */
  public void createDatabase(String name, boolean ifNotExists) throws SluiceException {
    ObjectNode body = Answers.object().put("database", name).put("ifNotExists", ifNotExists);
    cluster.call("create-database", body, ifNotExists);
  }

  /** Drops a database, which must be empty. */
  public void dropDatabase(String name, boolean ifExists) throws SluiceException {
    ObjectNode body = Answers.object().put("database", name).put("ifExists", ifExists);
    cluster.call("drop-database", body, ifExists);
  }

  /** Returns the databases' names, sorted. */
  public List<String> listDatabases() throws SluiceException {
    JsonNode answer = cluster.call("list-databases", Answers.object(), true);
    return Answers.strings(answer, "databases").stream().sorted().toList();
  }

  /** Makes a table, and returns it as it then is. */
  public TableDescription createTable(TableSpec spec) throws SluiceException {
    return Answers.description(
        cluster.call("create-table", Answers.creation(spec), spec.ifNotExists()));
  }

  /**
   * Changes options of a table. Making the same changes again does no harm.
   *
   * @param changes a larger {@code bucket.count} must be a multiple of the old one; writers that
   *     are open use the new buckets soon
   * @return the table as it then is
   */
  public TableDescription alterTable(TableName name, OptionChanges changes) throws SluiceException {
    return Answers.description(
        cluster.call("alter-table", Answers.alteration(name, changes), true));
  }

  /**
   * Changes columns of a table, all or none. Writers and readers that are open go on in the columns
   * that they began with.
   *
   * @return the table as it then is
   * @throws SluiceException INVALID with what can't be; UNAVAILABLE, after which it may be done or
   *     not: {@link #describe} tells
   */
  public TableDescription alterColumns(TableName name, ColumnChanges changes)
      throws SluiceException {
    ObjectNode body = Answers.named(name);
    body.set("columns", changes.toJson());
    return Answers.description(cluster.call("alter-table", body, false));
  }

  /**
   * Drops a table.
   *
   * @param ifExists whether it is fine that there is none
   * @param purge whether its lake files go too
   */
  public void dropTable(TableName name, boolean ifExists, boolean purge) throws SluiceException {
    ObjectNode body = Answers.named(name).put("ifExists", ifExists).put("purge", purge);
    cluster.call("drop-table", body, ifExists);
  }

  /** Returns the names of a database's tables, sorted. */
  public List<String> listTables(String database) throws SluiceException {
    ObjectNode body = Answers.object().put("database", database);
    JsonNode answer = cluster.call("list-tables", body, true);
    return Answers.strings(answer, "tables").stream().sorted().toList();
  }

  /** Returns a table as it is now. */
  public TableDescription describe(TableName name) throws SluiceException {
    return Answers.description(cluster.call("describe-table", Answers.named(name), true));
  }

  /** Returns what the log holds of each bucket, by bucket. */
  public List<BucketWatermark> watermarks(TableName name) throws SluiceException {
    return Answers.watermarks(cluster.call("watermarks", Answers.named(name), true));
  }

  /**
   * Returns the gateways that own a table's buckets now, as {@code host:port} by bucket; a bucket
   * whose owner isn't known is left out.
   */
  public SortedMap<Integer, String> owners(TableName name) throws SluiceException {
    SortedMap<Integer, String> owners = new TreeMap<>();
    cluster
        .owners(name)
        .owners()
        .forEach((bucket, endpoint) -> owners.put(bucket, endpoint.toString()));
    return owners;
  }

  /** Returns, by bucket, the first offset in the log whose append time is {@code time} or later. */
  public SortedMap<Integer, Long> offsetsAt(TableName name, Instant time) throws SluiceException {
    ObjectNode body = Answers.named(name);
    body.put("timeMicros", ChronoUnit.MICROS.between(Instant.EPOCH, time));
    return Answers.offsets(cluster.call("offsets-at", body, true));
  }

  /**
   * Has all rows that are visible now brought to the lake, and waits for it.
   *
   * @param timeout how long to wait; the flush goes on after it
   */
  public FlushReport flush(TableName name, Duration timeout) throws SluiceException {
    ObjectNode body = Answers.named(name).put("timeoutMs", timeout.toMillis());
    return Answers.flush(cluster.call("flush", body, true, timeout.plus(FLUSH_MARGIN)));
  }

  /**
   * Removes all rows of a table: those that are visible now, those of other engines in its lake
   * table, and those that come until the lake has them all. Offsets go on where they are, and
   * writers that are open aren't disturbed. What is in the log can be read there as long as the log
   * keeps it.
   *
   * @param timeout how long to wait for the lake to have all rows
   * @throws SluiceException UNAVAILABLE with the code TIMEOUT if it hasn't by then: nothing was
   *     removed. With another code the message says whether it is unknown what was
   */
  public TruncateReport truncate(TableName name, Duration timeout) throws SluiceException {
    ObjectNode body = Answers.named(name).put("timeoutMs", timeout.toMillis());
    // Made again it would remove rows that came after the first.
    return Answers.truncate(cluster.call("truncate", body, false, timeout.plus(TRUNCATE_MARGIN)));
  }

  /** Returns what the gateway says of itself and its tables. */
  public GatewayStatus status() throws SluiceException {
    return Answers.status(cluster.call("status", Answers.object(), true));
  }

  /** Returns a writer with the settings of {@link WriterSettings#create}. */
  public TableWriter writer(TableName name) throws SluiceException {
    return writer(name, WriterSettings.create());
  }

  /** Returns a writer, which must be closed. */
  public TableWriter writer(TableName name, WriterSettings settings) throws SluiceException {
    return TableWriter.open(cluster, describe(name), settings);
  }

  /** Returns a writer of a table that was described before, which must be closed. */
  public TableWriter writer(TableDescription table, WriterSettings settings) {
    return TableWriter.open(cluster, table, settings);
  }

  /**
   * Returns a writer whose rows become visible when they are committed, which must be closed.
   *
   * @param writerEpoch a new UUID at each start or restore of the writer: one epoch has one writer,
   *     ever
   * @param settings its writer id is of no account
   */
  public TransactionWriter transactionWriter(
      TableDescription table, UUID writerEpoch, WriterSettings settings) {
    return TransactionWriter.open(this, cluster, table, writerEpoch, settings);
  }

  /**
   * Makes the rows of transactions visible, of each bucket at once and in the order of their
   * numbers. What has been committed before is success, so that the call may be made again whatever
   * came of it, for as long as {@code transaction.retention}. Outcomes that are unknown, and
   * buckets that move, are tried again for {@link ClientSettings#retryFor}.
   *
   * @throws SluiceException TRANSACTION_LOST or NOT_FOUND if a transaction's rows are gone for
   *     good; UNAVAILABLE or OVERLOADED if it isn't known whether all were committed: call again.
   *     Others of the transactions may have been committed either way
   */
  public void commitTransactions(TableName name, Collection<PreparedTransaction> transactions)
      throws SluiceException {
    for (List<PreparedTransaction> some : inCalls(transactions)) {
      ObjectNode body = Answers.transactions(name, some);
      var unused = cluster.call("commit-transactions", body, true);
    }
  }

  /**
   * Drops transactions, so that they can't be committed any more. Those that have been committed
   * stay, and those that aren't there are no error.
   *
   * @throws SluiceException UNAVAILABLE or OVERLOADED if it isn't known whether all were: call
   *     again, or let them expire
   */
  public void abortTransactions(TableName name, Collection<PreparedTransaction> transactions)
      throws SluiceException {
    for (List<PreparedTransaction> some : inCalls(transactions)) {
      ObjectNode body = Answers.transactions(name, some);
      var unused = cluster.call("abort-transactions", body, true);
    }
  }

  /** As the other one, but asks once. */
  void abortTransactions(
      TableName name, Collection<PreparedTransaction> transactions, Duration timeout)
      throws SluiceException {
    for (List<PreparedTransaction> some : inCalls(transactions)) {
      cluster.callOnce("abort-transactions", Answers.transactions(name, some), timeout);
    }
  }

  /** Those of one bucket in the order of their numbers. */
  private static List<List<PreparedTransaction>> inCalls(
      Collection<PreparedTransaction> transactions) {
    List<PreparedTransaction> sorted =
        transactions.stream()
            .sorted(
                Comparator.comparing(PreparedTransaction::incarnation)
                    .thenComparing(PreparedTransaction::n)
                    .thenComparing(PreparedTransaction::bucket))
            .toList();
    List<List<PreparedTransaction>> calls = new ArrayList<>();
    for (PreparedTransaction next : sorted) {
      List<PreparedTransaction> last = calls.isEmpty() ? null : calls.get(calls.size() - 1);
      if (last == null
          || last.size() >= MAX_TRANSACTIONS_PER_CALL
          || !last.get(0).incarnation().equals(next.incarnation())) {
        last = new ArrayList<>();
        calls.add(last);
      }
      last.add(next);
    }
    return calls;
  }

  /** Returns a reader of one bucket, which must be closed. */
  public BucketReader read(ReadSpec spec) throws SluiceException {
    return BucketReader.open(this, cluster, spec);
  }

  /** Closes the connections; calls under way fail. */
  @Override
  public void close() {
    cluster.close();
    if (ownAllocator) {
      allocator.close();
    }
  }
}
