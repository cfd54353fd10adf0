/**
 * What every measured system is measured with, in a client JVM of its own: rows, loops and clock.
 * Of the JDK alone, so that it stands on any system's class path.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.bench.measure;
