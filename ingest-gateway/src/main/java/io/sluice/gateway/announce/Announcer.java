package io.sluice.gateway.announce;

import io.sluice.catalog.table.TableName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces tables on a thread of its own, ten at a time. One that couldn't be announced is tried
 * again after a pause that grows while nothing works; so each is announced at least once, unless
 * more tables wait than may, or the process ends.
 */
final class Announcer implements AutoCloseable {

  /** What a call of SQS takes. */
  static final int BATCH = 10;

  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  /** Sends a batch. */
  interface Sender {

    /** Returns those that couldn't be sent; throws if it isn't known of any. */
    List<TableName> send(List<TableName> tables);
  }

  private final Sender sender;
  private final WaitingTables waiting;
  private final Duration pause;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  Announcer(Sender sender, Duration pause, int mostWaiting) {
    this.sender = sender;
    this.waiting = new WaitingTables(mostWaiting);
    this.pause = pause;
    this.thread = new Thread(this::run, "sluice-announcer");
    thread.setDaemon(true);
  }

  Announcer start() {
    thread.start();
    return this;
  }

  void announce(TableName table) {
    waiting.add(List.of(table));
  }

  /** Returns how many announcements were sent. */
  long sent() {
    return sent.get();
  }

  /** Returns how many calls failed, in whole or in part. */
  long failures() {
    return failures.get();
  }

  /** Returns how many tables were left to the schedule because too many waited. */
  long dropped() {
    return waiting.dropped();
  }

  /** Returns how many wait. */
  long waiting() {
    return waiting.size();
  }

  private void run() {
    try {
      Duration rest = pause;
      while (true) {
        waiting.await();
        // So that a table's segments, and other tables, come together.
        var unused = closing.await(rest.toMillis(), TimeUnit.MILLISECONDS);
        boolean well = sendAll();
        rest = well ? pause : longer(rest);
        if (!well && closing.getCount() == 0) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration longer(Duration rest) {
    Duration twice = rest.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }

  /** Sends until none waits, or some couldn't be sent. */
  private boolean sendAll() {
    for (List<TableName> batch = waiting.take(BATCH);
        !batch.isEmpty();
        batch = waiting.take(BATCH)) {
      List<TableName> failed;
      try {
        failed = sender.send(batch);
      } catch (RuntimeException e) {
        LOG.warn("{} announcements couldn't be sent, and are tried again", batch.size(), e);
        failed = batch;
      }
      sent.addAndGet(batch.size() - failed.size());
      if (!failed.isEmpty()) {
        failures.incrementAndGet();
        waiting.add(failed);
        return false;
      }
    }
    return true;
  }

  /** Sends what waits, for some seconds at most; what is left then is the schedule's. */
  @Override
  public void close() {
    closing.countDown();
    long deadline = System.nanoTime() + CLOSE_LIMIT.toNanos();
    try {
      while (waiting() > 0 && thread.isAlive() && System.nanoTime() < deadline) {
        thread.join(10);
      }
      thread.interrupt();
      thread.join(CLOSE_LIMIT.toMillis());
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
    if (waiting() > 0) {
      LOG.warn("{} tables are left to the compactor's schedule", waiting());
    }
  }
}
