package io.sluice.gateway.rows;

import org.apache.arrow.vector.complex.ListVector;

/**
 * The places that a list's elements, or a map's entries, have in the vector of all of them: one
 * list after the other, so that a list can be taken back with all that came after it.
 */
final class Elements {

  private final ListVector lists;
  private int start;
  private int count;

  Elements(ListVector lists) {
    this.lists = lists;
  }

  /** Begins a list behind all others. */
  void begin(int list) {
    start = lists.startNewValue(list);
    count = start;
  }

  /** Returns the place of the list's next element. */
  int next() {
    return count++;
  }

  /** Returns which element of its list the last one is, from 0. */
  int current() {
    return count - start - 1;
  }

  /** Ends a list that was begun. */
  void end(int list) {
    lists.endValue(list, count - start);
  }

  /** Takes lists back, and all elements that came with or after them. */
  void clear(int from, int to, NestedValue element) {
    // A list that was begun but not ended counts too: its elements are there.
    int first = startOf(from);
    element.clear(first, count);
    count = first;
    if (lists.getLastSet() >= from) {
      lists.setLastSet(from - 1);
    }
    NestedValue.setNull(lists, from, to);
  }

  /** Returns about how many bytes lists take, their elements included. */
  long bytes(int from, int to, NestedValue element) {
    return element.bytes(startOf(from), startOf(to))
        + (to - (long) from) * (ListVector.OFFSET_WIDTH + 1);
  }

  /** Behind the last list that is set, starts of lists aren't written yet. */
  private int startOf(int list) {
    int known = Math.min(list, lists.getLastSet() + 1);
    return known == 0 ? 0 : lists.getElementEndIndex(known - 1);
  }
}
