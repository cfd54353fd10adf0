/** A cluster of processes under faults, and what its users see meanwhile. */
@NullMarked
package io.sluice.cli.chaos;

import org.jspecify.annotations.NullMarked;
