package io.sluice.flink.line;

import org.apache.flink.api.connector.sink2.Sink;

/**
 * A sink as this line of Flink knows it.
 *
 * @param <T> what it takes
 */
public interface LineSink<T> extends Sink<T> {}
