package io.sluice.flink;

import io.sluice.catalog.table.ColumnChange;
import io.sluice.catalog.table.ColumnChange.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.types.Types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * What makes another type of a column's: changes of it and of the fields within it, which Flink
 * names nowhere but in the type that a column is to have. Fields are known by their names.
 */
final class TypeChanges {

  private final List<ColumnChange> changes = new ArrayList<>();

  private TypeChanges() {}

  /**
   * Returns the changes.
   *
   * @param column its name before them
   * @throws IllegalArgumentException if some can't be made; the message says what to do instead
   */
  static List<ColumnChange> between(String column, Type was, Type is) {
    TypeChanges all = new TypeChanges();
    all.type(column, was, is);
    return all.changes;
  }

  private void type(String path, Type was, Type is) {
    if (was.isPrimitiveType() && is.isPrimitiveType()) {
      if (!was.equals(is)) {
        changes.add(new ColumnChange.Widen(path, is));
      }
      return;
    }
    if (was.typeId() != is.typeId()) {
      throw refusal(
          path, "can't become " + text(is) + ": it is " + text(was) + "; add another one");
    }
    switch (is.typeId()) {
      case STRUCT -> struct(path, was.asStructType(), is.asStructType());
      case LIST -> field(path, was.asListType().fields().get(0), is.asListType().fields().get(0));
      default -> {
        if (!between(path + ".key", was.asMapType().keyType(), is.asMapType().keyType())
            .isEmpty()) {
          throw refusal(path, "keeps the type of its keys; add another one");
        }
        field(path, was.asMapType().fields().get(1), is.asMapType().fields().get(1));
      }
    }
  }

  private void field(String parent, NestedField was, NestedField is) {
    String path = parent + "." + was.name();
    if (was.isOptional() && is.isRequired()) {
      throw refusal(path, "can't become NOT NULL: rows of before may have none");
    }
    type(path, was.type(), is.type());
    if (was.isRequired() && is.isOptional()) {
      changes.add(new ColumnChange.Relax(path));
    }
    // One that a statement leaves out is kept: it tells of the whole type for one field's sake.
    if (is.doc() != null && !Objects.equals(is.doc(), was.doc())) {
      changes.add(new ColumnChange.Comment(path, is.doc()));
    }
  }

  private void struct(String path, StructType was, StructType is) {
    List<String> kept = new ArrayList<>();
    List<String> dropped = new ArrayList<>();
    for (NestedField field : was.fields()) {
      (is.field(field.name()) == null ? dropped : kept).add(field.name());
    }
    List<NestedField> added =
        is.fields().stream().filter(field -> was.field(field.name()) == null).toList();
    if (!dropped.isEmpty() && !added.isEmpty()) {
      throw renamed(path, dropped, added);
    }
    dropped.forEach(name -> changes.add(new ColumnChange.Drop(path + "." + name)));
    for (String name : kept) {
      field(path, was.field(name), is.field(name));
    }
    order(path, kept, is);
    add(path, was, is);
  }

  private static IllegalArgumentException renamed(
      String path, List<String> dropped, List<NestedField> added) {
    return refusal(
        path,
        "has no field %s any more, and has the new field %s: that may be another name of one, or"
                .formatted(dropped.get(0), added.get(0).name())
            + " another one. For a name, rename it by its path %s.%s over HTTP or with `sluice table"
                .formatted(path, dropped.get(0))
            + " alter`. Or else drop the one by a MODIFY, with all that is in it, and add the other"
            + " by a second one");
  }

  /** Puts the fields that stay into the order in which they are to be. */
  private void order(String path, List<String> kept, StructType is) {
    List<String> wanted =
        is.fields().stream().map(NestedField::name).filter(kept::contains).toList();
    List<String> now = new ArrayList<>(kept);
    for (int i = 0; i < wanted.size(); i++) {
      String name = wanted.get(i);
      if (!now.get(i).equals(name)) {
        now.remove(name);
        now.add(i, name);
        Place place = i == 0 ? new Place.First() : new Place.After(wanted.get(i - 1));
        changes.add(new ColumnChange.Move(path + "." + name, place));
      }
    }
  }

  private void add(String path, StructType was, StructType is) {
    Place place = new Place.First();
    for (NestedField field : is.fields()) {
      String name = path + "." + field.name();
      boolean isNew = was.field(field.name()) == null;
      if (isNew) {
        if (field.isRequired()) {
          throw refusal(
              name,
              "can't be added as NOT NULL: rows of before have no value for it; leave NOT NULL out");
        }
        @Nullable String comment = field.doc();
        changes.add(
            new ColumnChange.Add(name, field.type(), comment == null ? "" : comment, place));
      }
      place = new Place.After(isNew ? name : field.name());
    }
  }

  private static String text(Type type) {
    return FlinkTypes.flinkType(type, true).asSummaryString();
  }

  private static IllegalArgumentException refusal(String path, String what) {
    return new IllegalArgumentException("column '" + path + "' " + what);
  }
}
