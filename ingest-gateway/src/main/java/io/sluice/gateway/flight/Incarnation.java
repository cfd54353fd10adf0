package io.sluice.gateway.flight;

import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Which log the offsets of a read are of. A table that is dropped and made anew has another one: a
 * reader that was broken off by that, and asks again by the table's name, must not go on with its
 * rows. A header rather than a part of the ticket, as older gateways refuse tickets with parts that
 * they don't know.
 */
final class Incarnation {

  /** Of a request: which log is wanted. Of an answer: which one it is from. */
  static final String HEADER = "sluice-incarnation";

  /** Returns a table's log as the header has it. */
  static String of(Table table) {
    return table.incarnation().toString();
  }

  /**
   * Returns whether a table's log is the one that is wanted.
   *
   * @param wanted null if any is
   */
  static boolean is(@Nullable String wanted, Table table) {
    return wanted == null || wanted.equals(of(table));
  }

  /**
   * Returns why a read fails.
   *
   * @param forwarded whether another gateway asks: it may know another table of that name for a
   *     moment, so that the call may be made again
   */
  static Exception failure(@Nullable String wanted, Table table, boolean forwarded) {
    return forwarded
        ? new ProblemException(
            Problem.unavailable(
                "the bucket's owner knows another table %s than this gateway: try again"
                    .formatted(table.name())))
        : new CatalogException(
            CatalogException.Reason.NOT_FOUND,
            "table %s was dropped and made anew, or restored: offsets of incarnation %s mean nothing in %s; begin anew"
                .formatted(table.name(), wanted, table.incarnation()));
  }

  private Incarnation() {}
}
