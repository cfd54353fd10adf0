/** What the planner is told of a table's size and values. */
@NullMarked
package io.sluice.flink.statistics;

import org.jspecify.annotations.NullMarked;
