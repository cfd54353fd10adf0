package io.sluice.compactor.write;

import java.util.Arrays;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;
import org.jspecify.annotations.Nullable;

/**
 * What some rows have at one place of a nested column, as Parquet counts it: an entry for each
 * value, and for each null or empty list or struct that has none. An entry's definition level says
 * how much of the way to the value is there, its repetition level which of the lists around it goes
 * on with it (0 where a row begins).
 *
 * <p>An entry whose definition level is the slot level or more has a place in the vector, be there
 * a value or not: they are {@link #slots}, in order.
 */
final class Entries {

  private final int count;
  private final byte[] repetition;
  private final byte[] definition;
  // The definition level of an entry of which nothing is missing so far.
  private final int full;
  private final int slotLevel;
  // How many lists there are around this place.
  private final int lists;
  private final Slots slots;
  private final int firstRow;

  private Entries(
      int count,
      byte[] repetition,
      byte[] definition,
      int full,
      int slotLevel,
      int lists,
      Slots slots,
      int firstRow) {
    this.count = count;
    this.repetition = repetition;
    this.definition = definition;
    this.full = full;
    this.slotLevel = slotLevel;
    this.lists = lists;
    this.slots = slots;
    this.firstRow = firstRow;
  }

  int count() {
    return count;
  }

  byte[] repetition() {
    return repetition;
  }

  byte[] definition() {
    return definition;
  }

  Slots slots() {
    return slots;
  }

  /** Returns whether an entry has a place in the vector. */
  boolean isSlot(int entry) {
    return definition[entry] >= slotLevel;
  }

  /** Returns whether nothing is missing of an entry, so far. */
  boolean isFull(int entry) {
    return definition[entry] == full;
  }

  /** Returns rows {@code [from, to)} of a column. */
  static Entries rows(int from, int to) {
    Slots slots = new Slots();
    if (from < to) {
      slots.add(from, to);
    }
    int count = to - from;
    return new Entries(count, new byte[count], new byte[count], 0, 0, 0, slots, from);
  }

  /**
   * Goes to the values of what may be null.
   *
   * @param vector null if all of it is null
   * @param whole whether none of it is, if there is a vector
   */
  Entries present(@Nullable FieldVector vector, boolean whole) {
    return new Entries(
        count,
        repetition,
        vector == null ? definition : whole ? raised() : raised(vector.getValidityBuffer()),
        full + 1,
        slotLevel,
        lists,
        slots,
        firstRow);
  }

  private byte[] raised() {
    byte[] raised = new byte[count];
    for (int i = 0; i < count; i++) {
      raised[i] = (byte) (definition[i] + (isFull(i) ? 1 : 0));
    }
    return raised;
  }

  private byte[] raised(ArrowBuf validity) {
    byte[] raised = new byte[count];
    PageBits valid = slots.bits(validity);
    int slot = 0;
    for (int i = 0; i < count; i++) {
      int level = definition[i];
      if (level >= slotLevel) {
        raised[i] = (byte) (level == full ? level + valid.bit(slot) : level);
        slot++;
      } else {
        raised[i] = (byte) level;
      }
    }
    return raised;
  }

  /**
   * Makes sure that there are no nulls but within nulls.
   *
   * @param path names what can't be null
   * @throws UnwritableRowsException if it is
   */
  void refuseNulls(FieldVector vector, String path) {
    PageBits valid = slots.bits(vector.getValidityBuffer());
    int slot = 0;
    int row = firstRow - 1;
    for (int i = 0; i < count; i++) {
      row += repetition[i] == 0 ? 1 : 0;
      if (isSlot(i)) {
        if (isFull(i) && !valid.get(slot)) {
          throw new UnwritableRowsException(
              "column '%s' is required in the lake, but row %d of the frame has none"
                  .formatted(path, row));
        }
        slot++;
      }
    }
  }

  /**
   * Goes to what is in lists, or the entries of maps.
   *
   * @param vector null if there are none
   */
  Entries elements(@Nullable ListVector vector) {
    if (vector == null || slots.count() == 0) {
      return new Entries(
          count, repetition, definition, full + 1, full + 1, lists + 1, new Slots(), firstRow);
    }
    int[] begins = new int[slots.count()];
    int[] ends = new int[slots.count()];
    slots.offsets(vector.getOffsetBuffer(), begins, ends);
    int size = 0;
    int slot = 0;
    for (int i = 0; i < count; i++) {
      int length = 0;
      if (isSlot(i)) {
        length = isFull(i) ? ends[slot] - begins[slot] : 0;
        slot++;
      }
      size = Math.addExact(size, Math.max(1, length));
    }
    return expanded(size, begins, ends);
  }

  private Entries expanded(int size, int[] begins, int[] ends) {
    byte[] repetitions = new byte[size];
    byte[] definitions = new byte[size];
    Slots found = new Slots();
    int slot = 0;
    int at = 0;
    for (int i = 0; i < count; i++) {
      repetitions[at] = repetition[i];
      definitions[at] = definition[i];
      if (isSlot(i)) {
        if (isFull(i) && begins[slot] < ends[slot]) {
          int end = at + ends[slot] - begins[slot];
          Arrays.fill(definitions, at, end, (byte) (full + 1));
          Arrays.fill(repetitions, at + 1, end, (byte) (lists + 1));
          found.add(begins[slot], ends[slot]);
          at = end - 1;
        }
        slot++;
      }
      at++;
    }
    return new Entries(
        size, repetitions, definitions, full + 1, full + 1, lists + 1, found, firstRow);
  }
}
