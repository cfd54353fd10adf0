package io.sluice.client;

import io.sluice.catalog.table.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A writer's thread that decides which gateway each bucket's batches go to, by the table's {@link
 * Placement}, and starts a {@link Sender} for each lane that this takes. It alone waits for answers
 * about owners: senders go on meanwhile.
 */
final class Router {

  private static final long CLOSE_LIMIT_MS = 5_000;

  private final Cluster cluster;
  private final TableName table;
  private final UUID writerId;
  private final SendState state;
  private final Placement placement;
  private final Thread thread;
  private final List<Sender> senders = new ArrayList<>();

  Router(Cluster cluster, TableName table, UUID writerId, SendState state) {
    this.cluster = cluster;
    this.table = table;
    this.writerId = writerId;
    this.state = state;
    this.placement = cluster.placement(table);
    this.thread = new Thread(this::run, "sluice-writer-" + table);
    this.thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Ends all threads, and fails what isn't acknowledged. */
  void close() {
    state.close();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_LIMIT_MS);
    boolean interrupted = Thread.interrupted();
    try {
      thread.interrupt();
      join(deadline);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    state.failAll(TableWriter.closed(table));
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns how many buckets the table has, as last heard; 0 if nothing was. */
  int bucketCount() {
    return placement.current().heard().bucketCount();
  }

  private void join(long deadline) throws InterruptedException {
    thread.join(CLOSE_LIMIT_MS);
    List<Sender> started;
    synchronized (senders) {
      started = List.copyOf(senders);
    }
    started.forEach(Sender::interrupt);
    for (Sender sender : started) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      // At least 1 ms: 0 would be for ever.
      sender.join(Math.max(1, left));
    }
  }

  private void run() {
    try {
      while (state.awaitRouting()) {
        route(view());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      // An Error, too: whoever waits for an answer must not wait for ever.
      state.failAll(FlightErrors.unforeseen(e).in("append to table " + table));
    }
  }

  /**
   * Returns who owns what. That is asked for anew now and then while batches are sent, for a former
   * owner forwards without a word; and after a failure, unless it was just heard: many buckets may
   * fail one by one.
   */
  private Placement.View view() throws InterruptedException {
    ClientSettings settings = cluster.settings();
    return placement.youngerThan(
        state.takePlacementWrong() ? settings.minBackoff() : settings.callTimeout());
  }

  private void route(Placement.View view) {
    KnownGateways known = cluster.known();
    Connections connections = cluster.connections();
    long now = System.nanoTime();
    List<Lane> made =
        state.route(
            (bucket, taken) ->
                Route.choose(view.owner(bucket), taken, known, connections::isConnected, now));
    synchronized (senders) {
      senders.removeIf(sender -> !sender.isAlive());
      for (Lane lane : made) {
        Sender sender = new Sender(cluster, table, writerId, state, lane);
        senders.add(sender);
        sender.start();
      }
    }
  }
}
