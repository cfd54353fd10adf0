package io.sluice.bench.measure;

import java.io.Closeable;
import java.util.List;

/** A table or topic of a system; closed, it is dropped. */
public interface MeasuredTable extends Closeable {

  /**
   * Returns a producer, which the caller closes.
   *
   * @param acks is told of each row that is durable, on any thread
   */
  RowProducer producer(Tuning tuning, Acks acks) throws Exception;

  /**
   * Returns what reads bucket 0 from its begin on and then follows it, which the caller closes.
   *
   * @param columns those wanted, {@code id} first; a system that knows no columns gives all
   * @throws UnsupportedOperationException if the system has nothing of the kind
   */
  RowTail tail(Tuning tuning, List<String> columns) throws Exception;

  /**
   * Returns the bytes that come to the client over the network when it reads bucket 0 once.
   *
   * @param rows how many there are
   * @return NaN if nobody counts them
   */
  default double bytesToRead(List<String> columns, long rows) throws Exception {
    return Double.NaN;
  }
}
