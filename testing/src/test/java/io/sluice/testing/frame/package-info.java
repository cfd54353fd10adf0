/** Frames of columns of all types, as writers make them and readers take them apart. */
@NullMarked
package io.sluice.testing.frame;

import org.jspecify.annotations.NullMarked;
