/** The Flink catalog and connector. */
@NullMarked
package io.sluice.flink;

import org.jspecify.annotations.NullMarked;
