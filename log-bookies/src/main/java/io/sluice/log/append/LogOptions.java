package io.sluice.log.append;

import io.sluice.catalog.table.TableOptions;
import java.time.Duration;

/** What of a table's options concerns the log of a bucket; they may change. Thread-safe. */
final class LogOptions {

  private volatile RollPolicy roll;
  private volatile Duration writerExpiry;

  LogOptions(TableOptions options) {
    this.roll = roll(options);
    this.writerExpiry = options.writerExpiry();
  }

  /** Goes by other options from now on. */
  void follow(TableOptions options) {
    roll = roll(options);
    writerExpiry = options.writerExpiry();
  }

  /** Returns when a segment is sealed. */
  RollPolicy roll() {
    return roll;
  }

  /** Returns how long an idle writer is remembered. */
  Duration writerExpiry() {
    return writerExpiry;
  }

  private static RollPolicy roll(TableOptions options) {
    return new RollPolicy(options.segmentBytes(), options.segmentMaxAge());
  }
}
