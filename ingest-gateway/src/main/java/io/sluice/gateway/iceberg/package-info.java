/** The read side of the Iceberg REST catalog, by which other engines find the lake's tables. */
@NullMarked
package io.sluice.gateway.iceberg;

import org.jspecify.annotations.NullMarked;
