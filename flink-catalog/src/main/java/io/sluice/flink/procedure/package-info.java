/** What CALL does: compaction, truncation, expiry and rollback of a table. */
@NullMarked
package io.sluice.flink.procedure;

import org.jspecify.annotations.NullMarked;
