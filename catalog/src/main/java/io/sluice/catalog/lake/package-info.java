/** The lake: Iceberg tables, and the commit that carries its own truth. */
@NullMarked
package io.sluice.catalog.lake;

import org.jspecify.annotations.NullMarked;
