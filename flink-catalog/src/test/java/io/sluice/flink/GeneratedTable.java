package io.sluice.flink;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.table.ColumnChange;
import io.sluice.catalog.table.ColumnChanges;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.catalog.types.ColumnDefaults;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableSpec;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/**
 * A table with a past: rows in the lake and in the log, columns that changed in between, partitions
 * perhaps, and files that another engine wrote, wrote anew or deleted rows from.
 */
final class GeneratedTable {

  private static final List<String> TYPES =
      List.of(
          "boolean",
          "int",
          "int",
          "long",
          "float",
          "double",
          "decimal(9, 2)",
          "date",
          "time",
          "timestamp",
          "timestamptz",
          "string",
          "string",
          "uuid",
          "binary");

  private final TableName name;
  private final Random random;
  private final Town town;
  private final SluiceClient client;
  private final GeneratedValues values;
  private int buckets = 1;
  private int columns;
  private final List<Moment> moments = new ArrayList<>();
  private final List<List<String>> rowsThen = new ArrayList<>();

  GeneratedTable(String name, Random random, Town town, SluiceClient client) {
    this.name = new TableName("default", name);
    this.random = random;
    this.town = town;
    this.client = client;
    this.values = new GeneratedValues(random);
  }

  TableName name() {
    return name;
  }

  /** Returns the columns of now. */
  List<NestedField> columns() throws Exception {
    return client.describe(name).rowSchema().columns();
  }

  /**
   * Makes it, and its past.
   *
   * @param look what sees its rows, now and then
   */
  void live(Supplier<List<String>> look) throws Exception {
    create();
    int rounds = 2 + random.nextInt(3);
    for (int round = 0; round < rounds; round++) {
      append(random.nextInt(25));
      if (random.nextInt(3) > 0) {
        town.compact(client, name);
        if (random.nextInt(2) == 0) {
          new ForeignEngine(town.lakeTable(name), random).act();
        }
        if (random.nextInt(3) == 0) {
          remember(look);
        }
      }
      if (random.nextInt(2) == 0) {
        alter();
      }
    }
    if (random.nextInt(3) > 0) {
      append(1 + random.nextInt(9));
    }
    remember(look);
  }

  private void remember(Supplier<List<String>> look) {
    rowsThen.add(look.get());
    moments.add(Moment.now());
  }

  /** Returns when it was looked at. */
  List<Moment> moments() {
    return moments;
  }

  /** Returns what was seen at those moments. */
  List<List<String>> rowsThen() {
    return rowsThen;
  }

  /** Brings all rows to the lake, with some more. */
  void settle() throws Exception {
    append(1 + random.nextInt(9));
    town.compact(client, name);
  }

  private void create() throws Exception {
    List<NestedField> fields = new ArrayList<>();
    int count = 3 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      NestedField field = NestedField.optional(i + 1, newName(), type(TYPES));
      fields.add(random.nextInt(4) == 0 ? field.asRequired() : field);
    }
    fields.add(NestedField.optional(100, "n", Types.LongType.get()));
    if (random.nextInt(2) == 0) {
      fields.add(NestedField.optional(101, "place", place()));
    }
    if (random.nextInt(4) == 0) {
      fields.add(
          NestedField.optional(
              102, "list", Types.ListType.ofOptional(103, Types.IntegerType.get())));
    }
    buckets = 1 + random.nextInt(3);
    Map<String, String> options = new LinkedHashMap<>();
    options.put("bucket.count", Integer.toString(buckets));
    options.put("format-version", "3");
    String partitioning = partitioning(fields);
    if (!partitioning.isEmpty()) {
      options.put("lake.partitioning", partitioning);
    }
    client.createTable(new TableSpec(name, new Schema(fields), options, "", false));
  }

  private Types.StructType place() {
    NestedField x = NestedField.optional(110, "x", type(TYPES));
    return Types.StructType.of(
        random.nextBoolean() ? x : x.asRequired(),
        NestedField.optional(111, "name", Types.StringType.get()),
        NestedField.optional(
            112,
            "deep",
            Types.StructType.of(NestedField.optional(113, "y", Types.IntegerType.get()))));
  }

  private String partitioning(List<NestedField> fields) {
    NestedField field = fields.get(random.nextInt(fields.size()));
    return switch (field.type().typeId()) {
      case INTEGER, LONG, STRING, DECIMAL ->
          List.of(
                  field.name(),
                  "bucket(2, " + field.name() + ")",
                  "truncate(2, " + field.name() + ")")
              .get(random.nextInt(3));
      case DATE -> List.of(field.name(), "month(" + field.name() + ")").get(random.nextInt(2));
      case TIMESTAMP -> List.of("day", "hour").get(random.nextInt(2)) + "(" + field.name() + ")";
      default -> "";
    };
  }

  private Type type(List<String> of) {
    return ArrowSchemas.parseType(of.get(random.nextInt(of.size())));
  }

  private String newName() {
    return "c" + columns++;
  }

  private void append(int count) throws Exception {
    for (int done = 0; done < count; ) {
      int rows = Math.min(count - done, 1 + random.nextInt(10));
      WriterSettings settings = WriterSettings.create().withBucket(random.nextInt(buckets));
      try (TableWriter writer = client.writer(name, settings)) {
        List<Map<String, Object>> batch = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
          batch.add(values.row(columns()));
        }
        writer.append(batch).join();
      }
      done += rows;
    }
  }

  private void alter() throws Exception {
    List<NestedField> now = columns();
    NestedField column = now.get(random.nextInt(now.size()));
    Optional<NestedField> struct = now.stream().filter(any -> any.type().isStructType()).findAny();
    if (struct.isPresent() && random.nextBoolean()) {
      GeneratedFieldChange changes =
          new GeneratedFieldChange(random, () -> type(TYPES), this::newName);
      client.alterColumns(name, ColumnChanges.of(changes.of(struct.get())));
      return;
    }
    boolean fixed = !column.name().startsWith("c") || isPartitioned(column);
    ColumnChange.Place last = new ColumnChange.Place.Last();
    ColumnChange change =
        switch (random.nextInt(5)) {
          case 0 -> new ColumnChange.Add(newName(), type(TYPES), "", last);
          case 1 -> {
            Type type = type(List.of("int", "string", "date", "double"));
            String value = type.typeId() == Type.TypeID.STRING ? "\"ab\"" : "\"2026-01-11\"";
            String json = type.typeId() == Type.TypeID.INTEGER ? "4" : value;
            json = type.typeId() == Type.TypeID.DOUBLE ? "0.5" : json;
            yield new ColumnChange.Add(
                newName(),
                type,
                "",
                last,
                ColumnDefaults.parse(type, new ObjectMapper().readTree(json)));
          }
          case 2 ->
              fixed
                  ? new ColumnChange.Add(newName(), type(TYPES), "", last)
                  : new ColumnChange.Drop(column.name());
          case 3 -> new ColumnChange.Rename(fixed ? "n" : column.name(), fixed ? "n" : newName());
          default -> widened(column);
        };
    boolean nothing =
        change instanceof ColumnChange.Rename rename && rename.column().equals(rename.to());
    if (!nothing) {
      client.alterColumns(name, ColumnChanges.of(change));
    }
  }

  private boolean isPartitioned(NestedField column) throws Exception {
    String by = client.describe(name).options().getOrDefault("lake.partitioning", "");
    return by.contains(column.name());
  }

  private ColumnChange widened(NestedField column) {
    String wider =
        switch (column.type().typeId()) {
          case INTEGER -> "long";
          case FLOAT -> "double";
          case DECIMAL -> "decimal(20, 2)";
          default -> "";
        };
    return wider.isEmpty()
        ? new ColumnChange.Add(newName(), type(TYPES), "", new ColumnChange.Place.Last())
        : new ColumnChange.Widen(column.name(), ArrowSchemas.parseType(wider));
  }
}
