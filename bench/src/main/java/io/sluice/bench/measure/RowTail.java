package io.sluice.bench.measure;

import java.io.Closeable;
import java.time.Duration;
import java.util.function.LongConsumer;

/** Reads rows. For one thread. */
public interface RowTail extends Closeable {

  /**
   * Waits for more rows.
   *
   * @param ids takes the id of each, in order
   * @return how many came; 0 if none did in time
   */
  int poll(Duration atMost, LongConsumer ids) throws Exception;
}
