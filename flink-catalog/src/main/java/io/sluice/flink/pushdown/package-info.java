/** What Flink's planner has a source do in its stead: pure decisions, without any I/O. */
@NullMarked
package io.sluice.flink.pushdown;

import org.jspecify.annotations.NullMarked;
