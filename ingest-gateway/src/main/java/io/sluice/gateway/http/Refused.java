package io.sluice.gateway.http;

import io.sluice.gateway.errors.Problem;

/**
 * Ends the handling of a request before anything was done; only the routes' own dispatch catches
 * it.
 */
final class Refused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  Refused(Problem problem) {
    super(problem.message(), null, false, false);
    this.problem = problem;
  }

  Problem problem() {
    return problem;
  }
}
