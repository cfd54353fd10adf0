/** Clusters of processes to break, and what must hold while they are broken. */
@org.jspecify.annotations.NullMarked
package io.sluice.cli.cluster;
