/** A batch's way into the log: its buckets, its name, its answer. */
@NullMarked
package io.sluice.gateway.append;

import org.jspecify.annotations.NullMarked;
