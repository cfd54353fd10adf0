package io.sluice.flink;

import io.sluice.catalog.table.ColumnChange;
import io.sluice.catalog.types.ArrowSchemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.NestedField;

/** Changes of fields within a column of structs: they come, go, and get other names and types. */
final class GeneratedFieldChange {

  private final Random random;
  private final Supplier<Type> types;
  private final Supplier<String> names;

  /**
   * @param types types for new fields
   * @param names names that no field has yet
   */
  GeneratedFieldChange(Random random, Supplier<Type> types, Supplier<String> names) {
    this.random = random;
    this.types = types;
    this.names = names;
  }

  /** Returns one change of something in a column of structs. */
  ColumnChange of(NestedField column) {
    List<ColumnChange> possible = new ArrayList<>();
    collect(column.name(), column, possible);
    return possible.get(random.nextInt(possible.size()));
  }

  private void collect(String path, NestedField struct, List<ColumnChange> possible) {
    List<NestedField> fields = struct.type().asStructType().fields();
    ColumnChange.Place place =
        random.nextBoolean() ? new ColumnChange.Place.First() : new ColumnChange.Place.Last();
    possible.add(new ColumnChange.Add(path + "." + names.get(), types.get(), "", place));
    for (NestedField field : fields) {
      String at = path + "." + field.name();
      possible.add(new ColumnChange.Rename(at, names.get()));
      possible.add(new ColumnChange.Move(at, place));
      if (fields.size() > 1) {
        possible.add(new ColumnChange.Drop(at));
      }
      if (field.isRequired()) {
        possible.add(new ColumnChange.Relax(at));
      }
      if (field.type().typeId() == Type.TypeID.INTEGER) {
        possible.add(new ColumnChange.Widen(at, ArrowSchemas.parseType("long")));
      }
      if (field.type().isStructType()) {
        collect(at, field, possible);
      }
    }
  }
}
