/** The {@code sluice} command: {@link io.sluice.cli.Sluice} is its entry. */
@org.jspecify.annotations.NullMarked
package io.sluice.cli;
