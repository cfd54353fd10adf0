/** LZ4 as Arrow's record batches have it, for the log and for who reads from it. */
@NullMarked
package io.sluice.catalog.codec;

import org.jspecify.annotations.NullMarked;
