/** The contract of metadata stores, and one that fails. */
@NullMarked
package io.sluice.testing.metadata;

import org.jspecify.annotations.NullMarked;
