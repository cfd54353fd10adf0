package io.sluice.flink.line;

import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;

/**
 * A sink as this line of Flink knows it.
 *
 * @param <T> what it takes
 */
public interface LineSink<T> extends Sink<T> {

  /**
   * Never called: Flink 1.20 calls the method that has taken this one's place, and 2.x has no
   * other.
   */
  @Deprecated
  @Override
  default SinkWriter<T> createWriter(Sink.InitContext context) {
    throw new UnsupportedOperationException("Flink 1.20 makes writers with a WriterInitContext");
  }
}
