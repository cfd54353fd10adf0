/** Kills of the whole standalone. */
@org.jspecify.annotations.NullMarked
package io.sluice.cli.crash;
