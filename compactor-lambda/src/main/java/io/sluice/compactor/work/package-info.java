/** The record of what is planned, being done and done for a table, changed by pure steps. */
@org.jspecify.annotations.NullMarked
package io.sluice.compactor.work;
