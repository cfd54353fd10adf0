/** Iceberg's types as Arrow's, and back. */
@NullMarked
package io.sluice.catalog.types;

import org.jspecify.annotations.NullMarked;
