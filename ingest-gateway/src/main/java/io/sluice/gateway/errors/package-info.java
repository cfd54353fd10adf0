/** What went wrong, as each protocol says it. */
@NullMarked
package io.sluice.gateway.errors;

import org.jspecify.annotations.NullMarked;
