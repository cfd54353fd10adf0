/** One look at a table: its buckets' records first, then its lake. */
@org.jspecify.annotations.NullMarked
package io.sluice.compactor.table;
