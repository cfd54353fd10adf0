/** Apache Fluss, measured as Sluice is. */
@org.jspecify.annotations.NullMarked
package io.sluice.bench.fluss;
