/** The log's segments as BookKeeper ledgers, through BookKeeper's client API alone. */
@NullMarked
package io.sluice.log.bookkeeper;

import org.jspecify.annotations.NullMarked;
