/** How fast tables take rows. */
@NullMarked
package io.sluice.gateway.quota;

import org.jspecify.annotations.NullMarked;
