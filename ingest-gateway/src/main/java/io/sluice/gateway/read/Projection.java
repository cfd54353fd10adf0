package io.sluice.gateway.read;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.catalog.types.Promotion;
import io.sluice.log.frame.ColumnCut;
import io.sluice.log.read.ReadException;
import io.sluice.log.read.ReadException.Reason;
import io.sluice.log.read.WantedColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * From the schema of a frame to that of a reader, by field id: some columns, in an order, promoted
 * to the reader's types; null where the frame's schema didn't have them yet.
 */
final class Projection {

  private final Table table;
  private volatile Map<Integer, Schema> schemas;
  private final List<NestedField> columns;
  private final org.apache.arrow.vector.types.pojo.Schema schema;
  private final boolean all;
  private final Map<Integer, Way> ways = new ConcurrentHashMap<>();

  private Projection(Table table, List<NestedField> columns) {
    this.table = table;
    this.schemas = table.schemas();
    this.columns = columns;
    this.schema = ArrowSchemas.of(new Schema(columns));
    this.all = columns.equals(table.rowSchema().columns());
  }

  /**
   * Chooses columns of the table's current schema.
   *
   * @param names empty for all
   * @throws IllegalArgumentException if there is no such column
   */
  static Projection of(Table table, List<String> names) {
    Schema rows = table.rowSchema();
    if (names.isEmpty()) {
      return new Projection(table, rows.columns());
    }
    List<NestedField> columns = new ArrayList<>();
    for (String name : names) {
      NestedField column = rows.asStruct().field(name);
      if (column == null || columns.contains(column)) {
        throw new IllegalArgumentException(
            "table %s %s column '%s'; it has %s"
                .formatted(
                    table.name(),
                    column == null ? "has no" : "is asked twice for",
                    name,
                    rows.columns().stream().map(NestedField::name).toList()));
      }
      columns.add(column);
    }
    return new Projection(table, columns);
  }

  /** Returns the reader's schema. */
  org.apache.arrow.vector.types.pojo.Schema schema() {
    return schema;
  }

  /** Returns whether frames of a schema are what the reader wants, as they are. */
  boolean isIdentity(int schemaId) {
    return all && schemaId == table.schemaId();
  }

  /** Returns whether frames of a schema can be projected, without hearing of it first. */
  boolean knows(int schemaId) {
    return schemas.containsKey(schemaId);
  }

  /** Hears of schemas that the table got since. */
  void learn(Table newest) {
    if (newest.id().equals(table.id())) {
      schemas = newest.schemas();
    }
  }

  /**
   * Returns the schema of the rows of a frame.
   *
   * @throws ReadException UNAVAILABLE if the table had no such schema when the reader was opened
   */
  org.apache.arrow.vector.types.pojo.Schema frameSchema(int schemaId) throws ReadException {
    return way(schemaId).frames();
  }

  /**
   * Returns what turns frames of a schema into what the reader wants; null if a column must be
   * promoted or made up, so that {@link #apply} is needed.
   *
   * @throws ReadException as {@link #frameSchema}
   */
  @Nullable ColumnCut cut(int schemaId) throws ReadException {
    return way(schemaId).cut();
  }

  /** Returns which columns of frames are looked at, as they are read from the log. */
  WantedColumns wanted() {
    return all ? WantedColumns.ALL : this::placesIn;
  }

  /** Who can't cut columns out decodes all of them. */
  private int @Nullable [] placesIn(int schemaId) {
    if (!knows(schemaId)) {
      return null;
    }
    try {
      Way way = way(schemaId);
      return way.cut() == null ? null : way.places();
    } catch (ReadException e) {
      // Told of once the frame is to be projected.
      return null;
    }
  }

  /**
   * Projects a frame's rows.
   *
   * @param rows taken over
   * @return for the caller to close
   * @throws ReadException as {@link #frameSchema}
   */
  VectorSchemaRoot apply(int schemaId, VectorSchemaRoot rows, BufferAllocator allocator)
      throws ReadException {
    int[] places;
    try {
      places = way(schemaId).places();
    } catch (ReadException e) {
      rows.close();
      throw e;
    }
    return Promotion.project(rows, places, schema, allocator);
  }

  private Way way(int schemaId) throws ReadException {
    Way known = ways.get(schemaId);
    if (known == null) {
      Schema frames = schemas.get(schemaId);
      if (frames == null) {
        throw changed(schemaId);
      }
      known = Way.of(SystemColumns.removeFrom(frames), columns);
      if (known == null) {
        throw changed(schemaId);
      }
      ways.put(schemaId, known);
    }
    return known;
  }

  private ReadException changed(int schemaId) {
    return new ReadException(
        Reason.UNAVAILABLE,
        "table %s has a new schema, %d, since the reader was opened, with types that it doesn't have: open another"
            .formatted(table.name(), schemaId));
  }

  /**
   * How frames of one schema become what the reader wants.
   *
   * @param frames the frames' schema
   * @param places of each wanted column in it; -1 if it isn't there
   * @param cut null if columns can't go out as they are
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Way(
      org.apache.arrow.vector.types.pojo.Schema frames, int[] places, @Nullable ColumnCut cut) {

    /** Returns null if the reader's columns can't have the frames' values. */
    static @Nullable Way of(Schema rows, List<NestedField> columns) {
      org.apache.arrow.vector.types.pojo.Schema frames = ArrowSchemas.of(rows);
      int[] places = new int[columns.size()];
      boolean asTheyAre = true;
      for (int i = 0; i < places.length; i++) {
        NestedField wanted = columns.get(i);
        places[i] = indexOf(rows.columns(), wanted.fieldId());
        if (!fits(places[i] < 0 ? null : rows.columns().get(places[i]), wanted)) {
          return null;
        }
        asTheyAre &= places[i] >= 0 && rows.columns().get(places[i]).type().equals(wanted.type());
      }
      return new Way(frames, places, asTheyAre ? new ColumnCut(frames, places) : null);
    }
  }

  /**
   * Returns whether a reader's column can have a frame's values.
   *
   * @param frame null if the frame has none
   */
  private static boolean fits(@Nullable NestedField frame, NestedField wanted) {
    if (frame == null) {
      return wanted.isOptional();
    }
    boolean type =
        frame.type().equals(wanted.type()) || Promotion.isPossible(frame.type(), wanted.type());
    return type && (wanted.isOptional() || frame.isRequired());
  }

  private static int indexOf(List<NestedField> fields, int fieldId) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).fieldId() == fieldId) {
        return i;
      }
    }
    return -1;
  }
}
