package io.sluice.gateway.quota;

import io.sluice.catalog.table.Quota;
import io.sluice.catalog.table.Table;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Holds tables to their quotas, at this gateway. Thread-safe. */
public final class Quotas {

  private static final int MOST_REMEMBERED = 10_000;

  private final ConcurrentHashMap<Key, Account> accounts = new ConcurrentHashMap<>();
  private final LongSupplier nanoClock;
  private final QuotaListener listener;

  /**
   * @param nanoClock a clock that never goes back, in nanoseconds
   * @param listener told of what has to wait
   */
  public Quotas(LongSupplier nanoClock, QuotaListener listener) {
    this.nanoClock = nanoClock;
    this.listener = listener;
  }

  /**
   * Why and how long rows of a table have to wait.
   *
   * @param quota the quota that is used up, in words
   * @param time until rows are taken again, more than 0
   */
  public record Wait(String quota, Duration time) {}

  private record Key(UUID tableId, Quota quota) {}

  /** Returns what new rows of a table have to wait for, or null if they may come. */
  public @Nullable Wait requiredWait(Table table) {
    return table.options().quota().isNone()
        ? null
        : account(table).requiredWait(nanoClock.getAsLong());
  }

  /** Takes rows off a table's quotas, whether they are within them or not. */
  public void take(Table table, long rows, long bytes) {
    if (!table.options().quota().isNone()) {
      account(table).take(rows, bytes, nanoClock.getAsLong());
    }
  }

  /** Tells that rows of a table wait, and how long. */
  public void waited(Table table, Duration time) {
    listener.waited(table, time);
  }

  private Account account(Table table) {
    if (accounts.size() > MOST_REMEMBERED) {
      accounts.clear();
    }
    // By quota too: streams that were opened before it was altered go on by the old one.
    return accounts.computeIfAbsent(
        new Key(table.id(), table.options().quota()),
        key -> new Account(key.quota(), nanoClock.getAsLong()));
  }

  /** One table's. */
  private static final class Account {

    private @Nullable Balance rows;
    private @Nullable Balance bytes;

    Account(Quota quota, long nowNanos) {
      rows = quota.rowsPerSecond() == 0 ? null : Balance.full(quota.rowsPerSecond(), nowNanos);
      bytes = quota.bytesPerSecond() == 0 ? null : Balance.full(quota.bytesPerSecond(), nowNanos);
    }

    synchronized @Nullable Wait requiredWait(long nowNanos) {
      long forRows = rows == null ? 0 : rows.waitNanos(nowNanos);
      long forBytes = bytes == null ? 0 : bytes.waitNanos(nowNanos);
      if (forRows == 0 && forBytes == 0) {
        return null;
      }
      return forRows >= forBytes
          ? new Wait("quota.rows-per-second=" + perSecond(rows), Duration.ofNanos(forRows))
          : new Wait("quota.bytes-per-second=" + perSecond(bytes), Duration.ofNanos(forBytes));
    }

    synchronized void take(long moreRows, long moreBytes, long nowNanos) {
      rows = rows == null ? null : rows.minus(moreRows, nowNanos);
      bytes = bytes == null ? null : bytes.minus(moreBytes, nowNanos);
    }

    private static long perSecond(@Nullable Balance balance) {
      return balance == null ? 0 : balance.perSecond();
    }
  }
}
