package io.sluice.gateway.gate;

import io.sluice.gateway.gate.GateException.Code;
import io.sluice.gateway.gate.WireType.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.ArrowBuf;
import org.jspecify.annotations.Nullable;

/** Reads columns, looking through dictionaries and run-end encoding. Keeps the dictionaries. */
final class ColumnReader implements AutoCloseable {

  private final Map<Long, Values> dictionaries = new HashMap<>();

  private record Values(Leaf leaf, List<ArrowBuf> held) {
    void release() {
      held.forEach(ArrowBuf::close);
    }
  }

  /**
   * Reads the next field of a batch.
   *
   * @param cast what is made of it, which tells which fields within it are needed
   */
  Column read(WireField field, Cast cast, BodyParts parts) throws GateException {
    WireField.Dictionary dictionary = field.dictionary();
    if (dictionary != null) {
      return lookUp(field, dictionary, parts);
    }
    if (field.type().kind() == Kind.RUN_END) {
      return spread(field, cast, parts);
    }
    Leaf leaf = Leaf.read(field.type(), parts);
    if (field.type().kind().isNested()) {
      leaf = leaf.with(children(field, cast, parts));
    }
    return new Column(leaf, null, leaf.length());
  }

  private List<@Nullable Column> children(WireField field, Cast cast, BodyParts parts)
      throws GateException {
    List<@Nullable Column> children = new ArrayList<>();
    for (int i = 0; i < field.children().size(); i++) {
      WireField child = field.children().get(i);
      Cast needed = cast.child(i);
      if (needed == null) {
        parts.skip(child);
        children.add(null);
      } else {
        children.add(read(child, needed, parts));
      }
    }
    return children;
  }

  /**
   * Keeps a dictionary, in place of an earlier one of its number.
   *
   * @param type of its values, which aren't encoded any further
   * @param body the batch's body; kept by a reference of its own
   */
  void keep(long id, WireType type, BodyParts parts, ArrowBuf body) throws GateException {
    Leaf leaf = Leaf.read(type, parts);
    parts.requireEnd();
    body.getReferenceManager().retain();
    List<ArrowBuf> held = new ArrayList<>(parts.release());
    held.add(body);
    Values old = dictionaries.put(id, new Values(leaf, held));
    if (old != null) {
      old.release();
    }
  }

  @Override
  public void close() {
    dictionaries.values().forEach(Values::release);
    dictionaries.clear();
  }

  private Column lookUp(WireField field, WireField.Dictionary dictionary, BodyParts parts)
      throws GateException {
    Leaf indices = Leaf.read(dictionary.index(), parts);
    Values values = dictionaries.get(dictionary.id());
    if (values == null) {
      throw new GateException(
          Code.BAD_MESSAGE,
          "column '%s' uses dictionary %d, which wasn't sent"
              .formatted(field.name(), dictionary.id()));
    }
    int size = values.leaf().length();
    ArrowBuf places = parts.scratch(4L * indices.length());
    for (int row = 0; row < indices.length(); row++) {
      int place = -1;
      if (!indices.isNull(row)) {
        long index = indices.integer(row);
        if (index < 0 || index >= size) {
          throw new GateException(
              Code.BAD_MESSAGE,
              "row %d, column '%s': place %d in a dictionary of %d values"
                  .formatted(row + 1, field.name(), index, size));
        }
        place = (int) index;
      }
      places.setInt(4L * row, place);
    }
    return new Column(values.leaf(), places, indices.length());
  }

  private Column spread(WireField field, Cast cast, BodyParts parts) throws GateException {
    int rows = parts.node().length();
    Leaf ends = Leaf.read(field.children().get(0).type(), parts);
    Column values = read(field.children().get(1), cast, parts);
    ArrowBuf places = parts.scratch(4L * rows);
    int row = 0;
    for (int run = 0; run < ends.length() && row < rows; run++) {
      long end = ends.integer(run);
      if (ends.isNull(run) || end <= row || run >= values.rows()) {
        throw new GateException(
            Code.BAD_MESSAGE,
            "column '%s': run %d of %d values ends at %d, after %d"
                .formatted(field.name(), run, values.rows(), end, row));
      }
      int place = values.at(run);
      for (; row < end && row < rows; row++) {
        places.setInt(4L * row, place);
      }
    }
    if (row < rows) {
      throw new GateException(
          Code.BAD_MESSAGE,
          "column '%s': the runs end at row %d of %d".formatted(field.name(), row, rows));
    }
    return new Column(values.leaf(), places, rows);
  }
}
