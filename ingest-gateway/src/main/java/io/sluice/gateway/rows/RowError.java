package io.sluice.gateway.rows;

import org.jspecify.annotations.Nullable;

/**
 * Why one row was refused.
 *
 * @param row the row's place in the request, from 1; 0 is the header of a CSV body
 * @param column the column at fault, or null if the whole row is
 * @param reason what is wrong, what was found and what is expected
 */
public record RowError(long row, @Nullable String column, String reason) {

  public RowError {
    if (row < 0) {
      throw new IllegalArgumentException("row must be >= 0: " + row);
    }
  }

  @Override
  public String toString() {
    return "row " + row + (column == null ? "" : ", column '" + column + "'") + ": " + reason;
  }
}
