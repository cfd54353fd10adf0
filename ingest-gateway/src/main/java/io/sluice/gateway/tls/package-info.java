/** TLS on the gateway's port, and from gateway to gateway. */
@NullMarked
package io.sluice.gateway.tls;

import org.jspecify.annotations.NullMarked;
