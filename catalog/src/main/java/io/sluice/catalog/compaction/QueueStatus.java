package io.sluice.catalog.compaction;

import org.jspecify.annotations.Nullable;

/**
 * What a gateway knows of the queue by which it asks for compaction.
 *
 * @param queue the queue's URL
 * @param deadQueue the URL of the queue of messages that failed too often; null if none is known
 * @param dead about how many messages are in that; null if it isn't known
 * @param deadUnknown why it isn't; null if it is
 */
public record QueueStatus(
    String queue, @Nullable String deadQueue, @Nullable Long dead, @Nullable String deadUnknown) {}
