/** gRPC's framing on Vert.x' HTTP/2 server, with what is held of each call bounded in bytes. */
@NullMarked
package io.sluice.gateway.grpc;

import org.jspecify.annotations.NullMarked;
