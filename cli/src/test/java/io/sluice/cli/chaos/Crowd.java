package io.sluice.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.client.SluiceClient;
import io.sluice.testing.history.History;
import io.sluice.testing.history.HistoryChecker;
import io.sluice.testing.history.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Writers of a table by Flight, HTTP and in transactions, and a follower of each bucket, all of
 * them at once.
 */
final class Crowd implements AutoCloseable {

  private static final int FLIGHT_WRITERS = 4;
  private static final int HTTP_WRITERS = 2;
  private static final int TRANSACTION_WRITERS = 2;

  private final History history = new History();
  private final ChaosTable table;
  private final Supplier<String> when;
  private final List<Load> writers = new ArrayList<>();
  private final List<FollowLoad> followers = new ArrayList<>();

  private Crowd(ChaosTable table, Supplier<String> when) {
    this.table = table;
    this.when = when;
  }

  /**
   * Starts them.
   *
   * @param endpoints of the gateways that HTTP is spoken to
   * @param when says in failures what was done to the cluster until then
   */
  static Crowd start(
      SluiceClient client,
      List<String> endpoints,
      ChaosTable table,
      long seed,
      Supplier<String> when) {
    Crowd crowd = new Crowd(table, when);
    int buckets = table.buckets();
    for (int i = 0; i < FLIGHT_WRITERS; i++) {
      crowd.writers.add(new FlightLoad(client, crowd.history, i, i % buckets, seed));
    }
    for (int i = FLIGHT_WRITERS; i < FLIGHT_WRITERS + HTTP_WRITERS; i++) {
      crowd.writers.add(new HttpLoad(endpoints, crowd.history, i, i % buckets, seed));
    }
    for (int bucket = 0; bucket < buckets; bucket++) {
      crowd.followers.add(new FollowLoad(client, crowd.history, bucket, 1));
    }
    crowd.writers.forEach(Load::start);
    crowd.followers.forEach(Load::start);
    return crowd;
  }

  /** Has writers of transactions join them, of which all gateways must know. */
  void startTransactions(SluiceClient client, long seed) {
    int first = writers.size();
    for (int i = first; i < first + TRANSACTION_WRITERS; i++) {
      Load load = new TransactionLoad(client, history, i, i % table.buckets(), seed);
      writers.add(load);
      load.start();
    }
  }

  /** Returns how many batches were acknowledged so far. */
  int ackCount() {
    return history.ackCount();
  }

  /** Fails if one of them has given up. */
  void requireFine() {
    writers.forEach(this::requireFine);
    followers.forEach(this::requireFine);
  }

  /** Ends the writers, and the followers once they have seen all that there is. */
  void end() throws Exception {
    writers.forEach(Load::stop);
    for (Load writer : writers) {
      writer.join();
      requireFine(writer);
    }
    List<Long> watermarks = table.watermarks();
    followers.forEach(follower -> follower.stopAt(watermarks.get(follower.bucket())));
    for (FollowLoad follower : followers) {
      follower.join();
      requireFine(follower);
    }
  }

  /**
   * Proves that each acknowledged row is there once, in order, and that all who read saw the same.
   *
   * @param gateway whom to ask for the lake
   * @return all rows
   */
  List<Row> check(String gateway) throws Exception {
    List<Row> log = table.log();
    assertThat(HistoryChecker.check(history, log)).as(when.get()).isEmpty();
    assertThat(history.acks())
        .as("a load that was acknowledged, " + when.get())
        .hasSizeGreaterThan(100);
    assertThat(table.flush().inLake()).as("all is in the lake, " + when.get()).isTrue();
    assertThat(HistoryChecker.same("union", log, table.union(gateway))).as(when.get()).isEmpty();
    return log;
  }

  private void requireFine(Load load) {
    load.failure()
        .ifPresent(
            failure -> {
              throw new AssertionError(when.get(), failure);
            });
  }

  @Override
  public void close() {
    writers.forEach(Load::close);
    followers.forEach(Load::close);
  }
}
