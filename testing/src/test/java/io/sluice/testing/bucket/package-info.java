/** Bucket records under faults. */
@NullMarked
package io.sluice.testing.bucket;

import org.jspecify.annotations.NullMarked;
