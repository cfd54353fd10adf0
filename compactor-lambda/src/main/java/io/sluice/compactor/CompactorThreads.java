package io.sluice.compactor;

import io.sluice.catalog.compaction.CompactionRequests;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.compactor.table.CompactionException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts tables on threads of this process: when asked to, and by a schedule that finds the
 * sealed segments that nobody announced. A table is on one thread at a time, for a minute at most
 * before the others get their turn. One that fails is tried again after a pause that grows; the
 * others don't notice. Thread-safe.
 */
public final class CompactorThreads implements CompactionRequests, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CompactorThreads.class);
  private static final Duration TURN = Duration.ofMinutes(1);
  private static final long CLOSE_SECONDS = 5;

  private final TableCompactor compactor;
  private final Tables tables;
  private final CompactorSettings settings;
  private final ExecutorService workers;
  private final ScheduledExecutorService schedule;
  private final Map<TableName, TableTurns> turns = new HashMap<>();
  private boolean closed;

  private CompactorThreads(TableCompactor compactor, Tables tables, CompactorSettings settings) {
    this.compactor = compactor;
    this.tables = tables;
    this.settings = settings;
    this.workers = Executors.newFixedThreadPool(settings.threads(), daemons("sluice-compactor-"));
    this.schedule = Executors.newSingleThreadScheduledExecutor(daemons("sluice-compactor-clock-"));
  }

  /**
   * Starts the threads and the schedule; {@code compactor} and {@code tables} stay the caller's.
   */
  public static CompactorThreads start(
      TableCompactor compactor, Tables tables, CompactorSettings settings) {
    CompactorThreads threads = new CompactorThreads(compactor, tables, settings);
    long everyMs = settings.scheduleEvery().toMillis();
    var unused =
        threads.schedule.scheduleWithFixedDelay(
            threads::lookThrough, everyMs, everyMs, TimeUnit.MILLISECONDS);
    return threads;
  }

  private static ThreadFactory daemons(String prefix) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, prefix + number.getAndIncrement());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public void request(TableName table) {
    synchronized (turns) {
      if (!closed && turns.computeIfAbsent(table, name -> new TableTurns()).wanted(Instant.now())) {
        workers.execute(() -> turn(table));
      }
    }
  }

  /** Tells whether a table that is asked for now would be begun at once. */
  public boolean hasRoom() {
    synchronized (turns) {
      return turns.values().stream().filter(TableTurns::isActive).count() < settings.threads();
    }
  }

  /** Returns how it goes with each table that was ever asked for and still exists. */
  public SortedMap<TableName, TableStatus> status() {
    synchronized (turns) {
      SortedMap<TableName, TableStatus> status = new TreeMap<>();
      turns.forEach((table, state) -> status.put(table, state.status()));
      return Collections.unmodifiableSortedMap(status);
    }
  }

  private void turn(TableName name) {
    synchronized (turns) {
      TableTurns state = turns.get(name);
      if (closed || state == null) {
        return;
      }
      state.begun();
    }
    try {
      Table table = tables.load(name);
      CompactionReport report = compactor.compact(table, Instant.now().plus(TURN));
      if (report.otherColumns()) {
        var unused = tables.adoptColumns(name);
      }
      ended(name, report);
    } catch (CatalogException e) {
      failed(name, e, e.reason() == CatalogException.Reason.NOT_FOUND);
    } catch (CompactionException e) {
      failed(name, e, e.reason() == CompactionException.Reason.TABLE_GONE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failed(name, e, false);
    } catch (RuntimeException | Error e) {
      // Otherwise the table would count as running for good.
      failed(name, e, false);
    }
  }

  private void ended(TableName name, CompactionReport report) {
    synchronized (turns) {
      TableTurns state = turns.get(name);
      if (state == null || closed) {
        return;
      }
      if (state.ended(report)) {
        workers.execute(() -> turn(name));
      } else {
        report.waitsUntil().ifPresent(until -> requestAt(name, until));
      }
    }
  }

  private void failed(TableName name, Throwable e, boolean gone) {
    synchronized (turns) {
      TableTurns state = turns.computeIfAbsent(name, ignored -> new TableTurns());
      if (closed) {
        return;
      }
      if (gone) {
        turns.remove(name);
        return;
      }
      Duration pause = state.failed(e, Instant.now(), settings);
      LOG.warn("Compaction of {} failed, again in {}: {}", name, pause, e.toString());
      requestAt(name, Instant.now().plus(pause));
    }
  }

  private void requestAt(TableName name, Instant time) {
    long millis = Math.max(0, Duration.between(Instant.now(), time).toMillis());
    var unused = schedule.schedule(() -> request(name), millis + 1, TimeUnit.MILLISECONDS);
  }

  /** Asks for every table that has sealed rows which aren't in the lake. */
  private void lookThrough() {
    try {
      for (TableName name : tables.list()) {
        if (rests(name)) {
          lookAt(name);
        }
      }
    } catch (CatalogException | RuntimeException | Error e) {
      // Whatever got out of here would end the schedule without a word.
      LOG.warn(
          "The tables can't be listed, again in {}: {}", settings.scheduleEvery(), e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean rests(TableName name) {
    synchronized (turns) {
      TableTurns state = turns.get(name);
      return state == null || state.rests(Instant.now());
    }
  }

  private void lookAt(TableName name) throws InterruptedException {
    try {
      if (compactor.hasWork(tables.load(name))) {
        request(name);
      }
    } catch (CatalogException e) {
      failed(name, e, e.reason() == CatalogException.Reason.NOT_FOUND);
    } catch (CompactionException e) {
      failed(name, e, e.reason() == CompactionException.Reason.TABLE_GONE);
    } catch (RuntimeException | Error e) {
      failed(name, e, false);
    }
  }

  /**
   * Stops: no table is begun any more, and those that are being compacted have a few seconds to get
   * to an end before they are interrupted, which is as harmless as a crash.
   */
  @Override
  public void close() {
    synchronized (turns) {
      closed = true;
    }
    schedule.shutdownNow();
    workers.shutdown();
    try {
      if (!workers.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        workers.shutdownNow();
        if (!workers.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
          LOG.warn("A compaction doesn't end");
        }
      }
    } catch (InterruptedException e) {
      workers.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
