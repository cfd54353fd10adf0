/** The Iceberg REST catalog, by which other engines find and write the lake's tables. */
@NullMarked
package io.sluice.gateway.iceberg;

import org.jspecify.annotations.NullMarked;
