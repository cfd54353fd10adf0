package io.sluice.flink.lake;

import io.sluice.flink.ColumnPath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.types.Types.StructType;

/** Columns of which only some fields are wanted. */
final class PrunedColumns {

  private boolean whole;
  private final Map<String, PrunedColumns> fields = new LinkedHashMap<>();

  /**
   * Returns the columns of paths in the order in which they come first, each with those fields
   * alone that a path leads to. All paths are there.
   */
  static List<NestedField> of(StructType columns, List<ColumnPath> paths) {
    PrunedColumns all = new PrunedColumns();
    for (ColumnPath path : paths) {
      PrunedColumns at = all;
      for (String name : path.names()) {
        at = at.fields.computeIfAbsent(name, unused -> new PrunedColumns());
      }
      at.whole = true;
    }
    List<NestedField> pruned = new ArrayList<>();
    all.fields.forEach((name, wanted) -> pruned.add(wanted.prune(columns.field(name))));
    return pruned;
  }

  private NestedField prune(NestedField field) {
    if (whole) {
      return field;
    }
    List<NestedField> kept = new ArrayList<>();
    for (NestedField within : field.type().asStructType().fields()) {
      PrunedColumns wanted = fields.get(within.name());
      if (wanted != null) {
        kept.add(wanted.prune(within));
      }
    }
    // In a file from before it a default is a constant, which would say that the struct is there.
    boolean constant = kept.stream().anyMatch(within -> within.initialDefault() != null);
    return constant ? field : NestedField.from(field).ofType(StructType.of(kept)).build();
  }

  /** Returns for each name where its value is: the place of its column, and of fields in it. */
  static List<int[]> places(Schema columns, List<String> names) {
    List<int[]> places = new ArrayList<>();
    for (String name : names) {
      List<NestedField> way = ColumnPath.of(columns.asStruct(), name).fields(columns.asStruct());
      int[] place = new int[way.size()];
      StructType within = columns.asStruct();
      for (int i = 0; i < place.length; i++) {
        place[i] = within.fields().indexOf(way.get(i));
        within = i + 1 < place.length ? way.get(i).type().asStructType() : within;
      }
      places.add(place);
    }
    return places;
  }
}
