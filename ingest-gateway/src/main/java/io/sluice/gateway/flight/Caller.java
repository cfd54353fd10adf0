package io.sluice.gateway.flight;

import io.sluice.catalog.table.TableName;
import io.sluice.gateway.auth.Access;
import io.sluice.gateway.auth.Authenticator;
import io.sluice.gateway.auth.Principal;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.grpc.GrpcCall;

/**
 * Who makes a call.
 *
 * @param principal who it is
 * @param forwarded whether it is another gateway that passes the call on, so that it isn't passed
 *     on once more
 */
record Caller(Principal principal, boolean forwarded) {

  private static final String AUTHORIZATION = "authorization";

  /**
   * Returns who makes a call.
   *
   * @throws ProblemException if that isn't known
   */
  static Caller of(GrpcCall call, Authenticator authenticator) throws ProblemException {
    String authorization = call.header(AUTHORIZATION);
    String gateway = call.header(FlightPeers.FORWARDED);
    return gateway == null
        ? new Caller(authenticator.authenticate(authorization), false)
        : new Caller(authenticator.gateway(gateway, authorization), true);
  }

  /**
   * Lets pass what the caller may do to a table.
   *
   * @return the table
   * @throws ProblemException if it may not
   */
  TableName require(Access access, TableName table) throws ProblemException {
    principal.require(access, table.database());
    return table;
  }
}
