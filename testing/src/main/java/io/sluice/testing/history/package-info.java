/** What writers and readers saw of a table, and whether that can be. */
@NullMarked
package io.sluice.testing.history;

import org.jspecify.annotations.NullMarked;
