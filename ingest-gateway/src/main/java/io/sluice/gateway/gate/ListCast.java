package io.sluice.gateway.gate;

import io.sluice.gateway.gate.GateException.Code;
import io.sluice.gateway.gate.WireType.Kind;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;

/**
 * Lists of any Arrow form, and maps, as offsets of 4 bytes and elements: those of the lists that
 * are there, one after the other. What is in none of them is not looked at.
 *
 * @param element casts the elements; of maps, their entries
 * @param name what paths call an element; empty for entries
 */
record ListCast(Cast element, String name) implements Cast {

  @Override
  public Cast child(int index) {
    return element;
  }

  @Override
  public FieldVector apply(Column from, Target to) throws GateException {
    ListVector list = (ListVector) to.start();
    boolean whole = false;
    try {
      FieldVector filled = isCanonical(from) ? pass(from, list, to) : copy(from, list, to);
      whole = true;
      return filled;
    } finally {
      if (!whole) {
        list.close();
      }
    }
  }

  /** Returns whether the lists are all the elements, in their order. */
  private static boolean isCanonical(Column from) {
    Leaf leaf = from.leaf();
    Kind kind = leaf.type().kind();
    boolean offsets = (kind == Kind.LIST && leaf.type().width() == 4) || kind == Kind.MAP;
    if (!offsets || !from.isPlain() || from.rows() == 0 || leaf.offset(0) != 0) {
      return false;
    }
    long before = 0;
    for (int row = 0; row < from.rows(); row++) {
      long end = leaf.offset(row + 1);
      if (end < before || (end > before && leaf.isNull(row))) {
        return false;
      }
      before = end;
    }
    return before == leaf.child(0).rows();
  }

  private FieldVector pass(Column from, ListVector list, Target to) throws GateException {
    Leaf leaf = from.leaf();
    int rows = from.rows();
    ArrowBuf offsets = leaf.first().slice(0, 4L * (rows + 1L));
    ArrowBuf bits = leaf.validity();
    cast(leaf.child(0), list, rows, offsets, to);
    return to.fill(
        list, rows, bits == null ? null : bits.slice(0, Target.bitmapBytes(rows)), offsets);
  }

  private FieldVector copy(Column from, ListVector list, Target to) throws GateException {
    int rows = from.rows();
    Column elements = from.leaf().child(0);
    long total = 0;
    for (int row = 0; row < rows; row++) {
      int place = from.at(row);
      total += place < 0 ? 0 : from.leaf().list(place, row, to).length();
    }
    if (total > Integer.MAX_VALUE) {
      throw new GateException(
          Code.TOO_LARGE,
          "column '%s' has %d elements: send fewer rows".formatted(to.path(), total));
    }
    try (ArrowBuf offsets = to.allocate(4L * (rows + 1L));
        ArrowBuf places = to.allocate(4L * total);
        ArrowBuf bits = to.validity(from)) {
      int at = 0;
      offsets.setInt(0, 0);
      for (int row = 0; row < rows; row++) {
        int place = from.at(row);
        if (place >= 0) {
          Leaf.Elements range = from.leaf().list(place, row, to);
          for (int i = 0; i < range.length(); i++) {
            places.setInt(4L * at++, elements.at(range.start() + i));
          }
        }
        offsets.setInt(4L * (row + 1L), at);
      }
      cast(new Column(elements.leaf(), places, at), list, rows, offsets, to);
      return to.fill(list, rows, bits, offsets.slice(0, 4L * (rows + 1L)));
    }
  }

  private void cast(Column elements, ListVector list, int rows, ArrowBuf offsets, Target to)
      throws GateException {
    Target.Rows rowOfElement = i -> to.rows().of(listOf(i, offsets, rows));
    element.apply(elements, to.child(0, name, list.getDataVector(), rowOfElement));
  }

  /** Returns which of {@code rows} lists an element is in. */
  private static int listOf(int element, ArrowBuf offsets, int rows) {
    int low = 0;
    int high = rows - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (offsets.getInt(4L * (middle + 1L)) > element) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
