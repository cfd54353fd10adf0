/** Tests of what is pushed down. */
@NullMarked
package io.sluice.flink.pushdown;

import org.jspecify.annotations.NullMarked;
