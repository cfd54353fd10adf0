/** Random rows of columns of all types. */
@NullMarked
package io.sluice.testing.rows;

import org.jspecify.annotations.NullMarked;
