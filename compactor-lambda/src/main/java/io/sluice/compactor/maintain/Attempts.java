package io.sluice.compactor.maintain;

import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.table.TableName;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often one piece of maintenance is tried. It gives way to everyone: only when the table has
 * merely moved it is tried again, a few times; whatever else has happened, it is given up until it
 * is due the next time.
 */
final class Attempts {

  private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);
  private static final int AT_MOST = 5;
  private static final long FIRST_PAUSE_MS = 20;

  private final TableName table;
  private final String what;
  private int lost;

  Attempts(TableName table, String what) {
    this.table = table;
    this.what = what;
  }

  /** Tells whether to look at the table again and start over, after a pause. */
  boolean again(Outcome outcome) throws InterruptedException {
    if (!(outcome instanceof Outcome.Moved) || ++lost >= AT_MOST) {
      LOG.info("Gave up {} of {} for now: {}", what, table, outcome);
      return false;
    }
    TimeUnit.MILLISECONDS.sleep(FIRST_PAUSE_MS << lost);
    return true;
  }
}
