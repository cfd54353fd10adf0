/**
 * Runs what BookKeeper's server side consists of: a bookie ({@link
 * io.sluice.log.bookie.RunningBookie}), recovery ({@link io.sluice.log.bookie.AutoRecovery}), a
 * ZooKeeper ({@link io.sluice.log.bookie.EmbeddedZooKeeper}), or one of the first and the last
 * together ({@link io.sluice.log.bookie.StandaloneBookie}). The only code that knows it.
 */
@NullMarked
package io.sluice.log.bookie;

import org.jspecify.annotations.NullMarked;
