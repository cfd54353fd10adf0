/** Lake commits under faults. */
@NullMarked
package io.sluice.testing.lake;

import org.jspecify.annotations.NullMarked;
