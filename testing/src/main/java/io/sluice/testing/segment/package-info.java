/** What every segment store must do, and a store in memory that does it. */
@NullMarked
package io.sluice.testing.segment;

import org.jspecify.annotations.NullMarked;
