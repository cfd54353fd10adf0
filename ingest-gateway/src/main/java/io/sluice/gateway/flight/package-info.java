/** Arrow Flight on the gateway's port. */
@NullMarked
package io.sluice.gateway.flight;

import org.jspecify.annotations.NullMarked;
