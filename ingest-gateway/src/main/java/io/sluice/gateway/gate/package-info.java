/**
 * The gate: takes Arrow from strangers, checks every byte that anything will trust, and makes it
 * canonical.
 */
@NullMarked
package io.sluice.gateway.gate;

import org.jspecify.annotations.NullMarked;
