package io.sluice.compactor;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.ColumnChange;
import io.sluice.catalog.table.ColumnChange.Add;
import io.sluice.catalog.table.ColumnChange.Drop;
import io.sluice.catalog.table.ColumnChange.Move;
import io.sluice.catalog.table.ColumnChange.Place;
import io.sluice.catalog.table.ColumnChange.Relax;
import io.sluice.catalog.table.ColumnChange.Rename;
import io.sluice.catalog.table.ColumnChange.Widen;
import io.sluice.catalog.table.ColumnChanges;
import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.compactor.plan.PlanLimits;
import io.sluice.testing.Seeded;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.types.Types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The lake of tables whose columns change while rows are written, compacted and rewritten. */
class EvolvedLakeTest {

  private static final TableName NAME = new TableName("db", "evolving");
  private static final Schema COLUMNS =
      new Schema(
          required(1, "key", Types.IntegerType.get()),
          optional(2, "text", Types.StringType.get()),
          optional(3, "real", Types.FloatType.get()),
          optional(4, "price", Types.DecimalType.of(9, 2)),
          optional(
              5,
              "place",
              Types.StructType.of(
                  optional(6, "x", Types.IntegerType.get()),
                  optional(7, "name", Types.StringType.get()),
                  optional(
                      8,
                      "tags",
                      Types.ListType.ofOptional(
                          9,
                          Types.StructType.of(
                              optional(10, "a", Types.FloatType.get()),
                              required(11, "b", Types.IntegerType.get())))))),
          optional(
              12,
              "prices",
              Types.MapType.ofOptional(
                  13,
                  14,
                  Types.StringType.get(),
                  Types.StructType.of(optional(15, "v", Types.DecimalType.of(9, 2))))));

  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> rowsOfAllSchemasAreReadByTheNewestOne() {
    return Seeded.seeds(
        16, random -> new Run(Files.createTempDirectory(folder, "run"), random).run());
  }

  /** One table, and what its rows must be, by bucket and offset: values by field id. */
  private static final class Run {

    private final CompactorTown town;
    private final MaintainedLake lake;
    private final Random random;
    private final List<Table> known = new ArrayList<>();
    private final SortedMap<String, Map<Integer, Object>> rows = new TreeMap<>();
    private final int[] offsets = new int[2];
    private final Map<String, Set<Integer>> fieldsOfRows = new HashMap<>();
    private final boolean withDefaults;

    Run(Path folder, Random random) throws Exception {
      this.town = new CompactorTown(folder);
      this.random = random;
      this.lake = new MaintainedLake(town);
      this.withDefaults = random.nextBoolean();
      String partitioning =
          List.of(
                  "",
                  "key",
                  "bucket(3, key),price",
                  "truncate(2, text)",
                  "real",
                  // Iceberg's readers take a null struct for one of nulls if it has an identity.
                  "truncate(2, `place.x`)",
                  "bucket(3, `place.name`)")
              .get(random.nextInt(7));
      known.add(
          town.catalog.createTable(
              NAME,
              COLUMNS,
              Map.of(
                  "bucket.count",
                  "2",
                  "lake.partitioning",
                  partitioning,
                  "format-version",
                  withDefaults ? "3" : "2"),
              "",
              false));
    }

    void run() throws Exception {
      try (town) {
        for (int step = 0; step < 25; step++) {
          step();
        }
        compact(newest());
        check();
      }
    }

    private void step() throws Exception {
      switch (random.nextInt(6)) {
        case 0, 1 -> append(known.get(random.nextInt(known.size())));
        case 2, 3 -> alter();
        case 4 -> compact(known.get(random.nextInt(known.size())));
        default -> {
          lake.pass(Duration.ofSeconds(2));
          var unused = lake.maintain(newest());
        }
      }
    }

    private Table newest() {
      return known.get(known.size() - 1);
    }

    /** Streams keep the columns that they were opened with. */
    private void append(Table as) throws Exception {
      int bucket = random.nextInt(2);
      List<List<Record>> batches = new ArrayList<>();
      for (int batch = 0; batch <= random.nextInt(3); batch++) {
        List<Record> records = new ArrayList<>();
        for (int row = 0; row <= random.nextInt(4); row++) {
          records.add(record(as.rowSchema(), bucket));
        }
        batches.add(records);
      }
      town.log.append(town.records, as, bucket, batches);
    }

    private Record record(Schema schema, int bucket) {
      Record record = struct(schema.asStruct());
      String place = place(bucket, offsets[bucket]++);
      rows.put(place, EvolvedRows.told(schema.asStruct(), record));
      fieldsOfRows.put(place, TypeUtil.getProjectedIds(schema));
      return record;
    }

    private Record struct(StructType type) {
      Record record = GenericRecord.create(type);
      for (NestedField field : type.fields()) {
        if (field.isRequired() || random.nextInt(4) > 0) {
          record.setField(field.name(), value(field.type()));
        }
      }
      return record;
    }

    private Object value(Type type) {
      int number = random.nextInt(5) - 2;
      return switch (type.typeId()) {
        case INTEGER -> number;
        case LONG -> (long) number + (random.nextInt(3) == 0 ? 1L << 40 : 0);
        case FLOAT -> number / 4f;
        case DOUBLE -> number / 3d;
        case DECIMAL -> BigDecimal.valueOf(number * 100L, 2);
        case STRUCT -> struct(type.asStructType());
        case LIST ->
            number < 0
                ? List.of()
                : Collections.nCopies(number + 1, value(type.asListType().elementType()));
        case MAP ->
            number < 0 ? Map.of() : Map.of("k" + number, value(type.asMapType().valueType()));
        default -> "t" + number;
      };
    }

    private void alter() throws Exception {
      Schema schema = newest().rowSchema();
      List<List<NestedField>> structs = new ArrayList<>();
      findStructs(schema.asStruct(), structs);
      List<NestedField> fields = structs.get(random.nextInt(structs.size()));
      NestedField field = fields.get(random.nextInt(fields.size()));
      String name = schema.findColumnName(field.fieldId());
      String around = name.substring(0, name.length() - field.name().length());
      boolean kept =
          newest().options().lakePartitioning().columns().stream()
              .anyMatch(column -> (column + ".").startsWith(name + "."));
      ColumnChange change =
          switch (random.nextInt(6)) {
            case 0 -> add(around + free(schema, around), type());
            case 1 -> kept || isOldest(field, fields) ? new Relax(name) : new Drop(name);
            case 2 -> kept ? new Relax(name) : new Rename(name, free(schema, around));
            case 3 -> widen(name, field.type());
            case 4 -> new Relax(name);
            default -> new Move(name, new Place.First());
          };
      known.add(town.catalog.alterColumns(NAME, ColumnChanges.of(change)));
    }

    /** Returns a name that no field has now: one had it before, maybe. */
    private String free(Schema schema, String around) {
      List<String> names =
          IntStream.range(0, 40)
              .mapToObj(i -> "free" + i)
              .filter(name -> schema.findField(around + name) == null)
              .toList();
      return names.get(random.nextInt(3));
    }

    private Add add(String name, Type type) {
      Literal<?> value =
          withDefaults && type.isPrimitiveType() && !name.contains(".") && random.nextBoolean()
              ? Expressions.lit(value(type)).to(type)
              : null;
      return new Add(name, type, "", place(), value);
    }

    /** A struct of whose fields a file has none is null to Iceberg's readers. */
    private static boolean isOldest(NestedField field, List<NestedField> fields) {
      return fields.stream().allMatch(other -> other.fieldId() >= field.fieldId());
    }

    private static void findStructs(Type type, List<List<NestedField>> found) {
      if (type.isNestedType()) {
        if (type.isStructType()) {
          found.add(type.asStructType().fields());
        }
        type.asNestedType().fields().forEach(field -> findStructs(field.type(), found));
      }
    }

    private Place place() {
      return random.nextBoolean() ? new Place.Last() : new Place.First();
    }

    private Type type() {
      return List.of(
              Types.IntegerType.get(),
              Types.FloatType.get(),
              Types.DecimalType.of(5, 2),
              Types.StringType.get(),
              Types.ListType.ofOptional(
                  1, Types.StructType.of(optional(2, "deep", Types.IntegerType.get()))))
          .get(random.nextInt(5));
    }

    private static ColumnChange widen(String name, Type type) {
      return switch (type.typeId()) {
        case INTEGER -> new Widen(name, Types.LongType.get());
        case FLOAT -> new Widen(name, Types.DoubleType.get());
        case DECIMAL ->
            new Widen(
                name,
                Types.DecimalType.of(Math.min(38, ((Types.DecimalType) type).precision() + 7), 2));
        default -> new Relax(name);
      };
    }

    private void compact(Table as) throws Exception {
      var unused =
          town.compactor(town.metadata, "c" + random.nextInt(3), PlanLimits.DEFAULT)
              .compact(as, CompactorTown.FAR);
    }

    private void check() throws Exception {
      Schema schema = newest().schema();
      SortedMap<String, Map<Integer, Object>> expected = new TreeMap<>();
      StructType now = newest().rowSchema().asStruct();
      rows.forEach(
          (place, values) ->
              expected.put(
                  place,
                  EvolvedRows.asRead(values, now, fieldsOfRows.getOrDefault(place, Set.of()))));
      SortedMap<String, Map<Integer, Object>> found = new TreeMap<>();
      read(Expressions.alwaysTrue(), schema, found);
      assertThat(found).isEqualTo(expected);
      // Files and manifests are left out by what is told of columns in their old types.
      for (NestedField column : now.fields()) {
        checkFiltered(column, column.name(), expected, List.of(column.fieldId()));
      }
    }

    private void checkFiltered(
        NestedField column,
        String name,
        SortedMap<String, Map<Integer, Object>> expected,
        List<Integer> path)
        throws Exception {
      if (column.type().isStructType()) {
        for (NestedField field : column.type().asStructType().fields()) {
          List<Integer> longer = new ArrayList<>(path);
          longer.add(field.fieldId());
          checkFiltered(field, name + "." + field.name(), expected, longer);
        }
      } else if (column.type().isPrimitiveType() && column.initialDefault() == null) {
        // For Iceberg's own filters a column with a default is null in files of before.
        Object value = value(column.type());
        SortedMap<String, Map<Integer, Object>> some = new TreeMap<>(expected);
        some.values().removeIf(row -> !value.equals(at(row, path)));
        SortedMap<String, Map<Integer, Object>> found = new TreeMap<>();
        read(Expressions.equal(name, value), newest().schema(), found);
        assertThat(found).as("%s = %s", column, value).isEqualTo(some);
      }
    }

    private static @Nullable Object at(Object row, List<Integer> path) {
      Object value = row;
      for (Integer id : path) {
        value = value instanceof Map<?, ?> fields ? fields.get(id) : null;
      }
      return value;
    }

    private void read(
        Expression filter, Schema schema, SortedMap<String, Map<Integer, Object>> into)
        throws Exception {
      try (CloseableIterable<Record> all =
          IcebergGenerics.read(town.iceberg(newest())).where(filter).build()) {
        for (Record row : all) {
          Map<Integer, Object> values =
              EvolvedRows.told(SystemColumns.removeFrom(schema).asStruct(), row);
          String place =
              place(
                  (Integer) row.getField(SystemColumns.BUCKET),
                  (Long) row.getField(SystemColumns.OFFSET));
          assertThat(into.put(place, values)).as("%s is there once", place).isNull();
        }
      }
    }

    private static String place(int bucket, long offset) {
      return "%d:%06d".formatted(bucket, offset);
    }
  }
}
