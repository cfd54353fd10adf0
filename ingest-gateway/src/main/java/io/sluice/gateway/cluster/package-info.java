/** Which gateway owns which bucket: who lives, where a bucket is placed, how it moves. */
@NullMarked
package io.sluice.gateway.cluster;

import org.jspecify.annotations.NullMarked;
