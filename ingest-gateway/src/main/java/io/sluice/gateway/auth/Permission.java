package io.sluice.gateway.auth;

import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;

/**
 * What a call needs of who makes it. Each call of each protocol has one, or it can't be made.
 *
 * @param subject what the access is to
 * @param access what is done to it
 */
public record Permission(Subject subject, Access access) {

  /** What a call is about. */
  public enum Subject {
    /** Nothing that is anybody's: no token is needed. */
    NOTHING,
    /** What all who have a token may know. */
    CLUSTER,
    /** Several databases: the answer has those alone that the caller sees. */
    VISIBLE_DATABASES,
    /** The database that the call names. */
    DATABASE,
    /** All databases. */
    EVERY_DATABASE,
    /** What gateways ask of each other. */
    GATEWAY
  }

  /** Needs no token. */
  public static final Permission NONE = new Permission(Subject.NOTHING, Access.DESCRIBE);

  /** Needs a token, whatever its scopes. */
  public static final Permission TOKEN = new Permission(Subject.CLUSTER, Access.DESCRIBE);

  /** Needs a token, and tells of what the token may see. */
  public static final Permission LISTING =
      new Permission(Subject.VISIBLE_DATABASES, Access.DESCRIBE);

  /** Is for gateways of the cluster. */
  public static final Permission GATEWAYS = new Permission(Subject.GATEWAY, Access.ADMIN);

  /** Needs a scope on the database that the call names. */
  public static Permission on(Access access) {
    return new Permission(Subject.DATABASE, access);
  }

  /** Needs a scope on all databases. */
  public static Permission everywhere(Access access) {
    return new Permission(Subject.EVERY_DATABASE, access);
  }

  /** Returns whether it depends on the database that a call names. */
  public boolean ofDatabase() {
    return subject == Subject.DATABASE;
  }

  /**
   * Lets a call pass that names no database.
   *
   * @throws ProblemException if the caller may not make it
   */
  public void check(Principal caller) throws ProblemException {
    switch (subject) {
      case NOTHING, CLUSTER, VISIBLE_DATABASES -> {}
      case DATABASE -> throw new IllegalStateException("a call names no database: " + this);
      case EVERY_DATABASE -> caller.requireEverywhere(access);
      case GATEWAY -> {
        if (!caller.gateway()) {
          throw new ProblemException(
              Problem.forbidden("this call is for gateways of the cluster alone"));
        }
      }
    }
  }

  /**
   * Lets a call pass that names a database.
   *
   * @throws ProblemException if the caller may not make it
   */
  public void check(Principal caller, String database) throws ProblemException {
    if (ofDatabase()) {
      caller.require(access, database);
    } else {
      check(caller);
    }
  }
}
