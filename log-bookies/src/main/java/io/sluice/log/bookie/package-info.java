/**
 * Runs a bookie and a ZooKeeper: in this JVM ({@link io.sluice.log.bookie.StandaloneBookie}) or in
 * one of their own ({@link io.sluice.log.bookie.BookieProcess}). The only code that knows
 * BookKeeper's server side.
 */
@NullMarked
package io.sluice.log.bookie;

import org.jspecify.annotations.NullMarked;
