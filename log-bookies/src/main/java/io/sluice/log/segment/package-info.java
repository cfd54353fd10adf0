/** Ledgers as the log sees them: made, appended to, closed, recovered, read, deleted. */
@NullMarked
package io.sluice.log.segment;

import org.jspecify.annotations.NullMarked;
