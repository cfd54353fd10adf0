package io.sluice.catalog.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.level.Levels;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.CatalogException.Reason;
import io.sluice.catalog.table.ColumnChange.Add;
import io.sluice.catalog.table.ColumnChange.Comment;
import io.sluice.catalog.table.ColumnChange.Default;
import io.sluice.catalog.table.ColumnChange.Drop;
import io.sluice.catalog.table.ColumnChange.Move;
import io.sluice.catalog.table.ColumnChange.Place;
import io.sluice.catalog.table.ColumnChange.Relax;
import io.sluice.catalog.table.ColumnChange.Rename;
import io.sluice.catalog.table.ColumnChange.Widen;
import io.sluice.catalog.types.ArrowSchemas;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.expressions.Literal;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlterColumnsTest {

  private static final TableName NAME = new TableName("db", "flights");
  private static final Type INT = Types.IntegerType.get();
  private static final Place LAST = new Place.Last();
  private static final Schema COLUMNS =
      new Schema(
          NestedField.required(1, "id", Types.IntegerType.get()),
          NestedField.optional(2, "carrier", Types.StringType.get()),
          NestedField.optional(3, "delay", Types.FloatType.get(), "in minutes"),
          NestedField.required(4, "price", Types.DecimalType.of(9, 2)));

  @TempDir Path folder;
  private final InMemoryMetadataStore store = new InMemoryMetadataStore();
  private Lake lake;
  private TableCatalog catalog;

  @BeforeEach
  void open() throws Exception {
    lake = Lake.open(LakeSettings.local(folder), store);
    catalog = new TableCatalog(store, lake);
    catalog.createDatabase("db", false);
  }

  @Test
  void columnsAreAddedDroppedRenamedWidenedRelaxedAndMovedByTheirIds() throws Exception {
    Table old = create(Map.of());
    Table altered =
        alter(
            new Add("tail", Types.StringType.get(), "the plane", new Place.After("id")),
            new Add("seats", Types.IntegerType.get(), "", LAST),
            new Drop("delay"),
            new Rename("carrier", "airline"),
            new Widen("id", Types.LongType.get()),
            new Widen("price", Types.DecimalType.of(12, 2)),
            new Relax("price"),
            new Comment("carrier", "who flies"),
            new Move("price", new Place.First()));

    assertThat(altered.rowSchema().columns())
        .extracting(c -> c.fieldId() + " " + c.name() + " " + c.type() + " " + c.isOptional())
        .containsExactly(
            "4 price decimal(12, 2) true",
            "1 id long false",
            "8 tail string true",
            "2 airline string true",
            "9 seats int true");
    assertThat(altered.schema().findField("airline").doc()).isEqualTo("who flies");
    assertThat(altered.schema().findField("tail").doc()).isEqualTo("the plane");
    assertThat(altered.schema().columns())
        .extracting(NestedField::name)
        .endsWith("_bucket", "_offset", "_timestamp");
    assertThat(altered.schemas()).hasSize(2);
    assertThat(altered.at(old.schemaId()).rowSchema().sameSchema(old.rowSchema())).isTrue();
    assertThat(altered.level()).isEqualTo(Levels.EVOLVED_SCHEMAS);
    assertThat(lakeTable().schema().sameSchema(altered.schema())).isTrue();
    assertSame(catalog.load(NAME), altered);

    Table again = alter(new Add("delay", Types.StringType.get(), "", LAST));
    assertThat(again.schema().findField("delay").fieldId()).isEqualTo(10);
    assertThat(again.schemas()).hasSize(3);
  }

  @Test
  void optionsAndColumnsAreAlteredAfterEachOther() throws Exception {
    create(Map.of());
    alter(new Add("tail", Types.StringType.get(), "", LAST));
    catalog.alterTable(NAME, OptionChanges.setting(Map.of("bucket.count", "4")));
    Table altered = alter(new Drop("delay"));
    assertThat(altered.bucketCount()).isEqualTo(4);
    assertThat(altered.schemas()).hasSize(3);
    assertThat(altered.level()).isEqualTo(Levels.EVOLVED_SCHEMAS);
  }

  @Test
  void whatCannotBeIsRefusedInClearWords() throws Exception {
    Table table =
        create(Map.of("bucket.key", "id", "lake.partitioning", "carrier", "bucket.count", "2"));
    refused("Cannot add column, name already exists: id", add("id", Types.IntegerType.get()));
    refused("column '_offset' is one of Sluice's own", add("_offset", Types.LongType.get()));
    refused("column '_OFFSET' is one of Sluice's own", new Rename("delay", "_OFFSET"));
    refused("column '_bucket' is one of Sluice's own", new Drop("_bucket"));
    refused("Cannot delete missing column: none", new Drop("none"));
    refused("need the option format-version=3", add("t", Types.TimestampNanoType.withZone()));
    refused("need the option format-version=3", add("l", parse("list<timestamp_ns>")));
    refused("multiple fields for name l.x", add("l", parse("struct<x: int, x: long>")));
    refused("column 'carrier' can't become list<int>: change the", widen("carrier", "list<int>"));
    refused("column 'id' can't be dropped: bucket.key", new Drop("id"));
    refused("column 'id' can't be renamed: bucket.key", new Rename("id", "key"));
    refused("column 'carrier' can't be renamed", new Rename("carrier", "airline"));
    refused("Sluice's own close a row", new Move("delay", new Place.After("_offset")));
    refused("a column's name has 1 to 255 characters", new Rename("delay", "\n"));
    refused("multiple fields for name price", new Rename("delay", "price"));
    refused("Cannot change column type: delay: float -> int", widen("delay", "int"));
    refused("Cannot change column type: price", widen("price", "decimal(12, 3)"));
    refused(
        "they don't go together", new Drop("price"), new Move("delay", new Place.After("price")));
    assertSame(catalog.load(NAME), table);
    assertThat(lakeTable().schemas()).hasSize(1);
  }

  @Test
  void fieldsWithinColumnsAreAlteredByTheirPaths() throws Exception {
    create(Map.of());
    Table nested =
        alter(
            add("place", parse("struct<x: int, y: int not null, name: string>")),
            add("stops", parse("list<struct<at: timestamp, gate: string>>")),
            add("fares", parse("map<string, float>")),
            add("a.b", Types.StringType.get()));
    assertThat(nested.level()).isEqualTo(Levels.NESTED_TYPES);
    assertThat(nested.schema().asStruct().field("a.b")).isNotNull();
    Table altered =
        alter(
            new Add("place.z", Types.IntegerType.get(), "height", new Place.After("x")),
            new Widen("place.x", Types.LongType.get()),
            new Drop("place.name"),
            new Relax("place.y"),
            new Move("place.x", LAST),
            new Rename("stops.element.gate", "door"),
            new Add("stops.element.late", Types.BooleanType.get(), "", new Place.First()),
            new Comment("stops.element.at", "by plan"),
            new Widen("fares.value", Types.DoubleType.get()),
            new Add("a.c", Types.StringType.get(), "", new Place.After("a.b")));
    assertThat(ArrowSchemas.typeText(altered.rowSchema().asStruct()))
        .isEqualTo(
            "struct<id: int not null, carrier: string, delay: float comment 'in minutes',"
                + " price: decimal(9, 2) not null, place: struct<z: int comment 'height', y: int,"
                + " x: long>, stops: list<struct<late: boolean, at: timestamp comment 'by plan',"
                + " door: string>>, fares: map<string, double>, `a.b`: string, `a.c`: string>");
    assertThat(altered.schema().findField("place.x").fieldId())
        .isEqualTo(nested.schema().findField("place.x").fieldId());
    assertThat(lakeTable().schema().sameSchema(altered.schema())).isTrue();
    assertSame(catalog.load(NAME), altered);
    refused("Cannot add to non-struct column", add("fares.key.x", Types.LongType.get()));
    refused("Cannot move", new Move("place.z", new Place.After("carrier")));
    refused("Cannot change column type: place.x: long -> int", widen("place.x", "int"));
  }

  @Test
  void columnsHaveDefaultsInTablesOfFormatThree() throws Exception {
    create(Map.of());
    refused("needs the option format-version=3", new Add("seats", INT, "", LAST, Literal.of(180)));
    catalog.dropTable(NAME, false, false);
    Table old = create(Map.of("format-version", "3"));
    Table added =
        alter(
            new Add("seats", INT, "", LAST, Literal.of(180)),
            new Add("tags", parse("list<string>"), "", LAST));
    assertThat(added.level()).isEqualTo(Levels.DEFAULTS);
    assertThat(added.schema().findField("seats").initialDefault()).isEqualTo(180);
    assertThat(added.schema().findField("seats").writeDefault()).isEqualTo(180);
    Table changed =
        alter(
            new Default("seats", IntNode.valueOf(200)),
            new Default("carrier", TextNode.valueOf("UA")));
    assertThat(changed.schema().findField("seats").initialDefault()).isEqualTo(180);
    assertThat(changed.schema().findField("seats").writeDefault()).isEqualTo(200);
    assertThat(changed.schema().findField("carrier").initialDefault()).isNull();
    assertThat(changed.schema().findField("carrier").writeDefault()).isEqualTo("UA");
    assertSame(catalog.load(NAME), changed);
    assertThat(changed.at(old.schemaId()).schema().findField("seats")).isNull();
    refused("is no value of type int", new Default("seats", TextNode.valueOf("many")));
    refused("a default is of a primitive type", new Default("tags", TextNode.valueOf("x")));
    alter(new Add("place", parse("struct<x: int>"), "", LAST));
    refused("column 'place.x' can't have a default", new Default("place.x", IntNode.valueOf(1)));
    refused("can't have a default", new Add("place.y", INT, "", LAST, Literal.of(1)));
  }

  private static Type parse(String type) {
    return ArrowSchemas.parseType(type);
  }

  private static Add add(String name, Type type) {
    return new Add(name, type, "", LAST);
  }

  private static Widen widen(String name, String type) {
    return new Widen(name, parse(type));
  }

  @Test
  void theLastColumnStaysAndATableOfDeadLettersIsAsItIs() throws Exception {
    create(Map.of("invalid.rows", "dead-letter"));
    refused(
        "a table has 1 to 5000 columns, not 0",
        new Drop("id"),
        new Drop("carrier"),
        new Drop("delay"),
        new Drop("price"));
    assertThatThrownBy(
            () -> catalog.alterColumns(DeadLetters.of(NAME), ColumnChanges.of(new Drop("reason"))))
        .hasMessageContaining("it takes dead letters");
  }

  @Test
  void tablesThatAreNotThereAreTold() throws Exception {
    reason(Reason.NOT_FOUND, new Drop("id"));
    create(Map.of());
    lake.icebergCatalog().dropTable(TableIdentifier.of("db", "flights"), false);
    reason(Reason.LAKE_HISTORY_LOST, new Drop("id"));
    catalog.dropTable(NAME, false, false);
    reason(Reason.NOT_FOUND, new Drop("id"));
  }

  @Test
  void aColumnThatPartitionsWereMadeOfCanGo() throws Exception {
    create(Map.of("lake.partitioning", "carrier"));
    catalog.alterTable(NAME, new OptionChanges(Map.of(), java.util.Set.of("lake.partitioning")));
    Table altered = alter(new Drop("carrier"));
    assertThat(altered.schema().findField("carrier")).isNull();
    lakeTable().refresh();
    assertThat(lakeTable().specs()).hasSize(2);
    alter(new Add("carrier", Types.StringType.get(), "", LAST));
    catalog.alterTable(NAME, OptionChanges.setting(Map.of("lake.partitioning", "carrier")));
    assertThat(lakeTable().spec().fields()).hasSize(1);
  }

  @Test
  void aTableOfAnotherLevelIsRefusedByItsReaders() throws Exception {
    create(Map.of());
    Table altered = alter(new Drop("delay"));
    byte[] record = TableRecordCodec.encode(altered);
    assertSame(TableRecordCodec.decode("x", record), altered);
    assertThat(new ObjectMapper().readTree(record).path("v").asInt()).isEqualTo(4);
  }

  @Test
  void schemasThatARecordCannotHoldAreRefused() throws Exception {
    List<NestedField> wide = new ArrayList<>();
    for (int i = 1; i <= 3_000; i++) {
      wide.add(NestedField.optional(i, "column_" + i, Types.LongType.get()));
    }
    catalog.createTable(NAME, new Schema(wide), Map.of(), "", false);
    for (int i = 1; i <= 3; i++) {
      alter(new Drop("column_" + i));
    }
    refused("all schemas that the table has had would take", new Drop("column_4"));
  }

  private static void assertSame(Table one, Table other) {
    assertThat(one).usingRecursiveComparison().ignoringFields("schemas").isEqualTo(other);
    assertThat(one.schemas().keySet()).isEqualTo(other.schemas().keySet());
    assertThat(one.schema().sameSchema(other.schema())).isTrue();
  }

  private org.apache.iceberg.Table lakeTable() {
    return lake.icebergCatalog().loadTable(TableIdentifier.of("db", "flights"));
  }

  private Table create(Map<String, String> options) throws CatalogException {
    return catalog.createTable(NAME, COLUMNS, options, "", false);
  }

  private Table alter(ColumnChange... changes) throws CatalogException {
    return catalog.alterColumns(NAME, ColumnChanges.of(changes));
  }

  private void refused(String message, ColumnChange... changes) {
    assertThatThrownBy(() -> alter(changes))
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(
            CatalogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID));
  }

  private void reason(Reason reason, ColumnChange... changes) {
    assertThatThrownBy(() -> alter(changes))
        .isInstanceOfSatisfying(
            CatalogException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
