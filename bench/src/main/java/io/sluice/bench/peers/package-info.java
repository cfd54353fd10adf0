/** Sluice beside other systems: each in processes of its own, all in one run, taking turns. */
@org.jspecify.annotations.NullMarked
package io.sluice.bench.peers;
