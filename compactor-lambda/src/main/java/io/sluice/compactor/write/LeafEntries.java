package io.sluice.compactor.write;

import java.util.Arrays;

/**
 * What some rows have of one Parquet column of a nested one: levels, and the places of the values.
 */
final class LeafEntries {

  private final Entries entries;
  private final PageBits present = new PageBits();
  private final boolean whole;
  // Of each row, and of what would come after the last: its first entry, and its first place.
  private final int[] firstEntries;
  private final int[] firstSlots;
  private final int rows;

  LeafEntries(Entries entries) {
    this.entries = entries;
    int[] firsts = new int[entries.count() + 1];
    int[] slots = new int[entries.count() + 1];
    byte[] repetition = entries.repetition();
    int found = 0;
    int slot = 0;
    for (int i = 0; i < entries.count(); i++) {
      if (repetition[i] == 0) {
        firsts[found] = i;
        slots[found++] = slot;
      }
      if (entries.isSlot(i)) {
        present.append(entries.isFull(i) ? 1 : 0, 1);
        slot++;
      }
    }
    firsts[found] = entries.count();
    slots[found] = slot;
    this.rows = found;
    this.firstEntries = firsts;
    this.firstSlots = slots;
    this.whole = present.ones() == slot;
  }

  int rows() {
    return rows;
  }

  /** Returns the number of the first entry of a row; of {@link #rows}, that of all entries. */
  int firstEntry(int row) {
    return firstEntries[row];
  }

  /** Returns how many places in the vector come before those of a row. */
  int firstSlot(int row) {
    return firstSlots[row];
  }

  /** Returns how many rows from {@code row} on have {@code most} entries at most, all together. */
  int rowsWithin(int row, int most) {
    int found =
        Arrays.binarySearch(firstEntries, row, rows + 1, Math.max(0, firstEntries[row] + most));
    return (found < 0 ? -found - 2 : found) - row;
  }

  byte[] repetition() {
    return entries.repetition();
  }

  byte[] definition() {
    return entries.definition();
  }

  Slots slots() {
    return entries.slots();
  }

  /** Returns which of the places have a value. */
  PageBits present() {
    return present;
  }

  /** Returns whether all places have one. */
  boolean isWhole() {
    return whole;
  }
}
