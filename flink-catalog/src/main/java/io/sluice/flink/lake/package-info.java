/** Lake files as rows of Flink. */
@NullMarked
package io.sluice.flink.lake;

import org.jspecify.annotations.NullMarked;
