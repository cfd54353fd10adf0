package io.sluice.gateway.rows;

import java.util.List;

/** Takes the rows of a request that can't be stored, so that the others can. */
public interface BadRows {

  /** Tells where the header of a CSV body stands in it: from {@code start}, before {@code end}. */
  void header(int start, int end);

  /**
   * Takes a row.
   *
   * @param errors what is wrong with it, at least one
   * @param start where it begins in the body
   * @param end one past its last byte; a line break isn't part of it
   */
  void add(List<RowError> errors, int start, int end);
}
