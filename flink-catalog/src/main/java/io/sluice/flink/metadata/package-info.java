/** Tables that show what is known of a table: its snapshots, files and buckets. */
@NullMarked
package io.sluice.flink.metadata;

import org.jspecify.annotations.NullMarked;
