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
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Type.TypeID;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
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
          optional(4, "price", Types.DecimalType.of(9, 2)));

  @TempDir private Path folder;

  @TestFactory
  Stream<DynamicTest> rowsOfAllSchemasAreReadByTheNewestOne() {
    return Seeded.seeds(
        10, random -> new Run(Files.createTempDirectory(folder, "run"), random).run());
  }

  /** One table, and what its rows must be, by bucket and offset: values by field id. */
  private static final class Run {

    private final CompactorTown town;
    private final MaintainedLake lake;
    private final Random random;
    private final List<Table> known = new ArrayList<>();
    private final SortedMap<String, Map<Integer, Object>> rows = new TreeMap<>();
    private final int[] offsets = new int[2];
    private int added;

    Run(Path folder, Random random) throws Exception {
      this.town = new CompactorTown(folder);
      this.random = random;
      this.lake = new MaintainedLake(town);
      String partitioning =
          List.of("", "key", "bucket(3, key),price", "truncate(2, text)", "real")
              .get(random.nextInt(5));
      known.add(
          town.catalog.createTable(
              NAME,
              COLUMNS,
              Map.of("bucket.count", "2", "lake.partitioning", partitioning),
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
      Record record = GenericRecord.create(schema);
      Map<Integer, Object> values = new TreeMap<>();
      for (NestedField column : schema.columns()) {
        if (column.isRequired() || random.nextInt(4) > 0) {
          Object value = value(column.type());
          record.setField(column.name(), value);
          values.put(column.fieldId(), value);
        }
      }
      rows.put(place(bucket, offsets[bucket]++), values);
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
        default -> "t" + number;
      };
    }

    private void alter() throws Exception {
      List<NestedField> columns = newest().rowSchema().columns();
      NestedField column = columns.get(random.nextInt(columns.size()));
      String name = column.name();
      boolean named = newest().options().lakePartitioning().columns().contains(name);
      ColumnChange change =
          switch (random.nextInt(6)) {
            case 0 -> new Add("added" + added++, type(), "", place());
            case 1 -> named || columns.size() == 1 ? new Relax(name) : new Drop(name);
            case 2 -> named ? new Relax(name) : new Rename(name, "renamed" + added++);
            case 3 -> widen(column);
            case 4 -> new Relax(name);
            default -> new Move(name, new Place.First());
          };
      known.add(town.catalog.alterColumns(NAME, ColumnChanges.of(change)));
    }

    private Place place() {
      return random.nextBoolean() ? new Place.Last() : new Place.First();
    }

    private Type type() {
      return List.of(
              Types.IntegerType.get(),
              Types.FloatType.get(),
              Types.DecimalType.of(5, 2),
              Types.StringType.get())
          .get(random.nextInt(4));
    }

    private static ColumnChange widen(NestedField column) {
      return switch (column.type().typeId()) {
        case INTEGER -> new Widen(column.name(), Types.LongType.get());
        case FLOAT -> new Widen(column.name(), Types.DoubleType.get());
        case DECIMAL ->
            new Widen(
                column.name(),
                Types.DecimalType.of(
                    Math.min(38, ((Types.DecimalType) column.type()).precision() + 7), 2));
        default -> new Relax(column.name());
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
      rows.forEach((place, values) -> expected.put(place, asRead(values, newest().rowSchema())));
      SortedMap<String, Map<Integer, Object>> found = new TreeMap<>();
      read(Expressions.alwaysTrue(), schema, found);
      assertThat(found).isEqualTo(expected);
      // Files and manifests are left out by what is told of columns in their old types.
      for (NestedField column : newest().rowSchema().columns()) {
        Object value = value(column.type());
        SortedMap<String, Map<Integer, Object>> some = new TreeMap<>(expected);
        some.values().removeIf(row -> !value.equals(row.get(column.fieldId())));
        found.clear();
        read(Expressions.equal(column.name(), value), schema, found);
        assertThat(found).as("%s = %s", column, value).isEqualTo(some);
      }
    }

    private void read(
        Expression filter, Schema schema, SortedMap<String, Map<Integer, Object>> into)
        throws Exception {
      try (CloseableIterable<Record> all =
          IcebergGenerics.read(town.iceberg(newest())).where(filter).build()) {
        for (Record row : all) {
          Map<Integer, Object> values = new TreeMap<>();
          for (NestedField column : SystemColumns.removeFrom(schema).columns()) {
            Object value = row.getField(column.name());
            if (value != null) {
              values.put(column.fieldId(), value);
            }
          }
          String place =
              place(
                  (Integer) row.getField(SystemColumns.BUCKET),
                  (Long) row.getField(SystemColumns.OFFSET));
          assertThat(into.put(place, values)).as("%s is there once", place).isNull();
        }
      }
    }

    private static Map<Integer, Object> asRead(Map<Integer, Object> values, Schema now) {
      Map<Integer, Object> read = new TreeMap<>();
      values.forEach(
          (id, value) -> {
            NestedField column = now.findField(id);
            if (column != null) {
              read.put(id, widened(value, column.type()));
            }
          });
      return read;
    }

    private static Object widened(Object value, Type type) {
      if (type.typeId() == TypeID.LONG) {
        return ((Number) value).longValue();
      }
      return type.typeId() == TypeID.DOUBLE ? ((Number) value).doubleValue() : value;
    }

    private static String place(int bucket, long offset) {
      return "%d:%06d".formatted(bucket, offset);
    }
  }
}
