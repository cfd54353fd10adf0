/** Properties of the append path, under many seeds. */
@NullMarked
package io.sluice.testing.append;

import org.jspecify.annotations.NullMarked;
