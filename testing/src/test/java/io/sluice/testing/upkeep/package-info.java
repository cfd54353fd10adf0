/** Tests of the log's upkeep over stores in memory. */
@NullMarked
package io.sluice.testing.upkeep;

import org.jspecify.annotations.NullMarked;
