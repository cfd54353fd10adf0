/** The source: a union of lake and log, bounded or for ever. */
@NullMarked
package io.sluice.flink.read;

import org.jspecify.annotations.NullMarked;
