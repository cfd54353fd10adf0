/** Requests for compaction from process to process. */
@NullMarked
package io.sluice.testing.compaction;

import org.jspecify.annotations.NullMarked;
