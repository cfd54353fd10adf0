package io.sluice.flink.read;

import org.apache.flink.api.connector.source.SourceEvent;

/**
 * The enumerator's word to a reader that it has all buckets which are for it now. One that has none
 * is idle, and holds no watermark back, until there are more buckets.
 */
record AllGivenEvent() implements SourceEvent {}
