/** How a gateway asks for compaction without knowing the compactor. */
@NullMarked
package io.sluice.catalog.compaction;

import org.jspecify.annotations.NullMarked;
