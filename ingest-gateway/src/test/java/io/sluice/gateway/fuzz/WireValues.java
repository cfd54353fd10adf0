package io.sluice.gateway.fuzz;

import io.sluice.testing.rows.RandomValues;
import io.sluice.testing.rows.VectorValues;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.LargeListViewVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.ListViewVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Writes values of nested types into vectors of any layout, with garbage below some nulls. */
final class WireValues {

  private final Random random;
  private final MapDictionaryProvider dictionaries;
  private final Map<Long, Integer> dictionarySizes = new HashMap<>();

  WireValues(Random random, MapDictionaryProvider dictionaries) {
    this.random = random;
    this.dictionaries = dictionaries;
  }

  /** Ends the dictionaries. */
  void close() {
    for (long id : dictionaries.getDictionaryIds()) {
      dictionaries.lookup(id).getVector().setValueCount(dictionarySizes.getOrDefault(id, 0));
    }
  }

  /** Sets a value after those before it. */
  void set(FieldVector vector, int at, Type type, @Nullable Object value) {
    DictionaryEncoding encoding = vector.getField().getDictionary();
    if (value == null) {
      setNull(vector, at, type);
    } else if (type.isStructType()) {
      setStruct((StructVector) vector, at, type, (Map<?, ?>) value);
    } else if (type.isMapType()) {
      setMap((MapVector) vector, at, type, (Map<?, ?>) value);
    } else if (type.isListType()) {
      setList(vector, at, type.asListType().elementType(), (List<?>) value);
    } else if (encoding != null) {
      int place = dictionarySizes.merge(encoding.getId(), 1, Integer::sum) - 1;
      VectorValues.set(dictionaries.lookup(encoding.getId()).getVector(), place, value);
      ((IntVector) vector).setSafe(at, place);
    } else {
      VectorValues.set(vector, at, value);
    }
  }

  /** There may be anything below: of lists with 4 bytes, elements; of structs, fields' values. */
  private void setNull(FieldVector vector, int at, Type type) {
    boolean garbage =
        random.nextBoolean() && (vector instanceof StructVector || vector instanceof ListVector);
    Object value = garbage ? garbage(type) : null;
    if (value == null) {
      VectorValues.set(vector, at, null);
    } else {
      set(vector, at, type, value);
      BitVectorHelper.unsetBit(vector.getValidityBuffer(), at);
    }
  }

  private @Nullable Object garbage(Type type) {
    return new RandomValues(random).value(NestedField.optional(1, "any", type));
  }

  private void setStruct(StructVector struct, int at, Type type, Map<?, ?> value) {
    struct.setIndexDefined(at);
    for (FieldVector child : struct.getChildrenFromFields()) {
      NestedField field = type.asStructType().field(child.getName());
      if (field != null) {
        set(child, at, field.type(), value.get(field.name()));
      }
    }
  }

  private void setMap(MapVector map, int at, Type type, Map<?, ?> value) {
    int next = map.startNewValue(at);
    for (Map.Entry<?, ?> entry : value.entrySet()) {
      StructVector entries = (StructVector) map.getDataVector();
      List<FieldVector> pair = entries.getChildrenFromFields();
      entries.setIndexDefined(next);
      set(pair.get(0), next, type.asMapType().keyType(), entry.getKey());
      set(pair.get(1), next, type.asMapType().valueType(), entry.getValue());
      next++;
    }
    map.endValue(at, value.size());
  }

  private void setList(FieldVector list, int at, Type element, List<?> values) {
    int start;
    FieldVector elements;
    if (list instanceof LargeListVector large) {
      start = (int) large.startNewValue(at);
      elements = large.getDataVector();
    } else if (list instanceof ListViewVector view) {
      start = view.startNewValue(at);
      elements = view.getDataVector();
    } else if (list instanceof LargeListViewVector view) {
      start = view.startNewValue(at);
      elements = view.getDataVector();
    } else {
      start = ((ListVector) list).startNewValue(at);
      elements = ((ListVector) list).getDataVector();
    }
    for (int i = 0; i < values.size(); i++) {
      set(elements, start + i, element, values.get(i));
    }
    if (list instanceof LargeListVector large) {
      large.endValue(at, values.size());
    } else if (list instanceof ListViewVector view) {
      view.endValue(at, values.size());
    } else if (list instanceof LargeListViewVector view) {
      view.endValue(at, values.size());
    } else {
      ((ListVector) list).endValue(at, values.size());
    }
  }
}
