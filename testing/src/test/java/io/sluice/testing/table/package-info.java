/** The catalog's promises under concurrency. */
@NullMarked
package io.sluice.testing.table;

import org.jspecify.annotations.NullMarked;
