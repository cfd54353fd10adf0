/** How a bookie and its clients prove to each other who they are. */
@NullMarked
package io.sluice.log.bookie.tls;

import org.jspecify.annotations.NullMarked;
