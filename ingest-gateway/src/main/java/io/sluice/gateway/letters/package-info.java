/** Dead letters: rows that their table can't store, with the reason. */
@NullMarked
package io.sluice.gateway.letters;

import org.jspecify.annotations.NullMarked;
