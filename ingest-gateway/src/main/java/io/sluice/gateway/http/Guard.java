package io.sluice.gateway.http;

import io.sluice.gateway.auth.Authenticator;
import io.sluice.gateway.auth.Principal;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.iceberg.IcebergRest;
import io.sluice.gateway.iceberg.Reply;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.Set;

/**
 * Lets those requests in that say who makes them, and that no other site's web page had made,
 * before anything else is done with them.
 */
final class Guard {

  /** What load balancers ask, and what exchanges secrets for tokens. */
  static final Set<String> OPEN_PATHS = Set.of("/healthz", "/readyz", IcebergRoutes.OAUTH_PATH);

  private static final String PRINCIPAL = "sluice.principal";

  private final Authenticator authenticator;

  Guard(Authenticator authenticator) {
    this.authenticator = authenticator;
  }

  /** Handles a request before its route. */
  void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    Optional<Problem> crossSite = CrossSite.refusal(request);
    if (crossSite.isPresent()) {
      refuse(context, crossSite.get());
      return;
    }
    if (OPEN_PATHS.contains(request.path())) {
      context.next();
      return;
    }
    try {
      Principal caller = authenticator.authenticate(request.getHeader("Authorization"));
      context.put(PRINCIPAL, caller);
    } catch (ProblemException e) {
      context.response().putHeader("WWW-Authenticate", "Bearer realm=\"sluice\"");
      refuse(context, e.problem());
      return;
    }
    context.next();
  }

  /**
   * Returns who makes a request.
   *
   * @throws IllegalStateException if its path is open
   */
  static Principal caller(RoutingContext context) {
    Principal caller = context.get(PRINCIPAL);
    if (caller == null) {
      throw new IllegalStateException("nobody was asked for a token: " + context.request().path());
    }
    return caller;
  }

  /** Answers each API in its own form. */
  private static void refuse(RoutingContext context, Problem problem) {
    if (context.request().path().startsWith(IcebergRoutes.PREFIX)) {
      Reply reply = IcebergRest.refusal(problem.httpStatus(), problem.message());
      IcebergRoutes.send(context.request(), reply);
    } else {
      Answers.problem(context.response(), problem);
    }
  }
}
