/** Frames and entries: how rows lie in a ledger. */
@NullMarked
package io.sluice.log.frame;

import org.jspecify.annotations.NullMarked;
