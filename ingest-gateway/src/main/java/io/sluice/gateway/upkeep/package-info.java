/** What a gateway does now and then: rows leave the log, ledgers that were left behind go. */
@NullMarked
package io.sluice.gateway.upkeep;

import org.jspecify.annotations.NullMarked;
