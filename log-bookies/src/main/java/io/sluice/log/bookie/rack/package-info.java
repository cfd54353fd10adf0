/** Racks: which bookies fail together, and how the copies of an entry are spread over them. */
@NullMarked
package io.sluice.log.bookie.rack;

import org.jspecify.annotations.NullMarked;
