/** Finds ledgers that nobody names, and deletes those that nobody can name any more. */
@NullMarked
package io.sluice.log.upkeep;

import org.jspecify.annotations.NullMarked;
