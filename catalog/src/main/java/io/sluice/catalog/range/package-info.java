/** Runs of offsets, and how a union read divides them between lake and log. */
@NullMarked
package io.sluice.catalog.range;

import org.jspecify.annotations.NullMarked;
