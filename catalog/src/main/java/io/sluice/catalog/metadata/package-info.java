/** The small versioned store that holds everything the parts of Sluice agree on. */
@NullMarked
package io.sluice.catalog.metadata;

import org.jspecify.annotations.NullMarked;
