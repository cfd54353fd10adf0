/** The demo: real flights through the whole of Sluice, with the answers checked. */
@org.jspecify.annotations.NullMarked
package io.sluice.cli.demo;
