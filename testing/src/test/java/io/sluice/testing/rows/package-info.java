/** Rows of columns of all types, copied and cut. */
@NullMarked
package io.sluice.testing.rows;

import org.jspecify.annotations.NullMarked;
