/** Ranges of offsets under seeds. */
@NullMarked
package io.sluice.testing.range;

import org.jspecify.annotations.NullMarked;
