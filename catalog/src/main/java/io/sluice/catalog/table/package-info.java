/** Databases, tables, their options, and the catalog that makes and finds them. */
@NullMarked
package io.sluice.catalog.table;

import org.jspecify.annotations.NullMarked;
