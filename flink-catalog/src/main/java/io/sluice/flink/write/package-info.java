/** The sink: rows of Flink appended to the log. */
@NullMarked
package io.sluice.flink.write;

import org.jspecify.annotations.NullMarked;
