/** Sealed rows to Parquet, column by column: Arrow buffers in, an Iceberg data file out. */
@org.jspecify.annotations.NullMarked
package io.sluice.compactor.write;
