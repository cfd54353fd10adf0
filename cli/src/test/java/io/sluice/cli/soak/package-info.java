/** A cluster that works for a long time, and must not grow by it. */
@org.jspecify.annotations.NullMarked
package io.sluice.cli.soak;
