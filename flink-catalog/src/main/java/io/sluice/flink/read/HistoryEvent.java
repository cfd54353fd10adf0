package io.sluice.flink.read;

import org.apache.flink.api.connector.source.SourceEvent;

/**
 * A reader's word on where it reads a bucket.
 *
 * @param bucket the bucket, from 0
 * @param reading whether it reads history, from the lake, rather than the log
 */
record HistoryEvent(int bucket, boolean reading) implements SourceEvent {}
