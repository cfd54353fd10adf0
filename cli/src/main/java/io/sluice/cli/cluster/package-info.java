/** A whole cluster on this computer, each part in a process of its own. */
@org.jspecify.annotations.NullMarked
package io.sluice.cli.cluster;
