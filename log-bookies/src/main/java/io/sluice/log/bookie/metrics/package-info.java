/** What a bookie or autorecovery tells of itself: BookKeeper's figures in Prometheus's format. */
@NullMarked
package io.sluice.log.bookie.metrics;

import org.jspecify.annotations.NullMarked;
