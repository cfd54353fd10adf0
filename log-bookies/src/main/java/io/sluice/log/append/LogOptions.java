package io.sluice.log.append;

import io.sluice.catalog.table.TableOptions;
import java.time.Duration;

/** What of a table's options concerns the log of a bucket; they may change. Thread-safe. */
final class LogOptions {

  /** A transaction's log remembers its only writer for as long as it lives. */
  private static final Duration TRANSACTION_WRITER_EXPIRY = Duration.ofDays(3_650);

  private volatile RollPolicy roll;
  private volatile Duration writerExpiry;
  private volatile Duration transactionTimeout;
  private volatile Duration transactionRetention;

  LogOptions(TableOptions options) {
    this.roll = roll(options);
    this.writerExpiry = options.writerExpiry();
    this.transactionTimeout = options.transactionTimeout();
    this.transactionRetention = options.transactionRetention();
  }

  private LogOptions(LogOptions bucket) {
    this.roll = new RollPolicy(bucket.roll.segmentBytes(), RollPolicy.EVER);
    this.writerExpiry = TRANSACTION_WRITER_EXPIRY;
    this.transactionTimeout = bucket.transactionTimeout;
    this.transactionRetention = bucket.transactionRetention;
  }

  /** Returns what of this counts for the log of one transaction, as of now. */
  LogOptions ofTransaction() {
    return new LogOptions(this);
  }

  /** Goes by other options from now on. */
  void follow(TableOptions options) {
    roll = roll(options);
    writerExpiry = options.writerExpiry();
    transactionTimeout = options.transactionTimeout();
    transactionRetention = options.transactionRetention();
  }

  /** Returns when a segment is sealed. */
  RollPolicy roll() {
    return roll;
  }

  /** Returns how long an idle writer is remembered. */
  Duration writerExpiry() {
    return writerExpiry;
  }

  /** Returns how long a transaction may stay uncommitted. */
  Duration transactionTimeout() {
    return transactionTimeout;
  }

  /** Returns how long committed transactions are remembered. */
  Duration transactionRetention() {
    return transactionRetention;
  }

  private static RollPolicy roll(TableOptions options) {
    return new RollPolicy(options.segmentBytes(), options.segmentMaxAge());
  }
}
