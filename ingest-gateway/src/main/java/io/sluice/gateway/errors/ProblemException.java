package io.sluice.gateway.errors;

/** A failure that already knows how it is told. */
public class ProblemException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  /** Throws {@code problem}. */
  public ProblemException(Problem problem) {
    super(problem.message());
    this.problem = problem;
  }

  /** Returns what to tell. */
  public final Problem problem() {
    return problem;
  }
}
