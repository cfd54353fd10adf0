/** A real ZooKeeper and a real bookie for tests. */
@NullMarked
package io.sluice.testing.bookies;

import org.jspecify.annotations.NullMarked;
