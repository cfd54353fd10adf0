package io.sluice.gateway.gate;

import org.apache.arrow.memory.ArrowBuf;
import org.jspecify.annotations.Nullable;

/**
 * A column of a batch, and where each row's value is.
 *
 * @param leaf the values
 * @param places for each row an int, the place of its value in {@code leaf} or -1 for null; null if
 *     row and place are the same
 * @param rows number of rows
 */
record Column(Leaf leaf, @Nullable ArrowBuf places, int rows) {

  /** Returns the place of a row's value in the leaf, or -1 if it is null. */
  int at(int row) {
    int place = places == null ? row : places.getInt(4L * row);
    return place < 0 || leaf.isNull(place) ? -1 : place;
  }

  /** Returns whether the rows are the values, in their order. */
  boolean isPlain() {
    return places == null && leaf.length() == rows;
  }
}
