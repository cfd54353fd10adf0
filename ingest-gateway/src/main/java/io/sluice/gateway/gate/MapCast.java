package io.sluice.gateway.gate;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.ListVector;

/**
 * Maps: lists of entries, each with another key.
 *
 * @param list casts the entries
 */
record MapCast(ListCast list) implements Cast {

  @Override
  public Cast child(int index) {
    return list.element();
  }

  @Override
  public FieldVector apply(Column from, Target to) throws GateException {
    FieldVector maps = list.apply(from, to);
    boolean whole = false;
    try {
      requireOtherKeys((ListVector) maps, to);
      whole = true;
      return maps;
    } finally {
      if (!whole) {
        maps.close();
      }
    }
  }

  private static void requireOtherKeys(ListVector maps, Target to) throws GateException {
    FieldVector keys = maps.getDataVector().getChildrenFromFields().get(0);
    KeyCheck check = new KeyCheck(keys);
    ArrowBuf offsets = maps.getOffsetBuffer();
    for (int i = 0; i < maps.getValueCount(); i++) {
      int start = offsets.getInt(4L * i);
      int end = offsets.getInt(4L * (i + 1L));
      if (end - (long) start > KeyCheck.MOST_KEYS) {
        throw to.refused(
            i, "a map of %d keys; at most %d are taken".formatted(end - start, KeyCheck.MOST_KEYS));
      }
      int twice = check.twice(start, end);
      if (twice >= 0) {
        throw to.refused(i, "key " + KeyCheck.text(keys, twice) + " is there twice");
      }
    }
  }
}
