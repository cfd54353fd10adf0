package io.sluice.gateway.auth;

import java.util.Locale;

/** What a call does to a database. */
public enum Access {
  /** Learns what there is and how it is, but no rows; whoever has any scope may. */
  DESCRIBE,
  /** Gets rows. */
  READ,
  /** Adds rows, and has them reach the lake. */
  WRITE,
  /** Makes, changes, empties and drops; may all else too. */
  ADMIN;

  /** Returns whether who was granted {@code given} may do this. */
  boolean isIn(Access given) {
    return given == ADMIN || given == this || this == DESCRIBE;
  }

  /** Returns the scope's name, as a tokens file has it. */
  String scope() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the scope of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Access scope(String name) {
    return switch (name) {
      case "read" -> READ;
      case "write" -> WRITE;
      case "admin" -> ADMIN;
      default ->
          throw new IllegalArgumentException(
              "there is no scope '" + name + "'; there are read, write and admin");
    };
  }
}
