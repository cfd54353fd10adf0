package io.sluice.gateway.auth;

import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;

/**
 * Who makes a call.
 *
 * @param name as the tokens file has it, or the id of a gateway
 * @param grants what it may
 * @param gateway whether it is a gateway of this cluster
 */
public record Principal(String name, Grants grants, boolean gateway) {

  /** Whoever it is, where no tokens are needed. */
  public static final Principal ANYONE = new Principal("anyone", Grants.ALL, true);

  /** The owner of a token. */
  static Principal of(String name, Grants grants) {
    return new Principal(name, grants, false);
  }

  /** A gateway, which has looked at what its own callers may. */
  static Principal ofGateway(String id) {
    return new Principal(id, Grants.ALL, true);
  }

  /** Returns whether it may do that to a database. */
  public boolean may(Access access, String database) {
    return grants.allows(access, database);
  }

  /** Returns whether it may see that a database is there. */
  public boolean sees(String database) {
    return may(Access.DESCRIBE, database);
  }

  /**
   * Lets pass what it may do to a database.
   *
   * @throws ProblemException if it may not
   */
  public void require(Access access, String database) throws ProblemException {
    if (!may(access, database)) {
      throw refused(access, "database " + database);
    }
  }

  /**
   * Lets pass what it may do to all databases.
   *
   * @throws ProblemException if it may not
   */
  void requireEverywhere(Access access) throws ProblemException {
    if (!grants.allowsEverywhere(access)) {
      throw refused(access, "all databases (*)");
    }
  }

  private ProblemException refused(Access access, String what) {
    String needed = access == Access.DESCRIBE ? "any scope" : "the scope " + access.scope();
    return new ProblemException(
        Problem.forbidden(
            "the token of '%s' lacks %s on %s; it has %s".formatted(name, needed, what, grants)));
  }
}
