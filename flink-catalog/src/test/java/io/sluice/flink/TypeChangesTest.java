package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.ColumnChange;
import io.sluice.catalog.table.ColumnChanges;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.types.ArrowSchemas;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Types that a column is to have, and what the catalog makes of it. */
class TypeChangesTest {

  private static final TableName NAME = new TableName("db", "t");

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

  @AfterEach
  void close() {
    lake.close();
    store.close();
  }

  @Test
  void fieldsAreAddedWhereTheyAreToBe() throws Exception {
    becomes(
        "struct<a: int, b: int>", "struct<x: int, a: int, y: list<int>, z: int, b: int, w: int>");
    becomes("list<struct<a: int>>", "list<struct<a: int, b: map<int, struct<c: int not null>>>>");
    becomes("map<int, struct<a: int>>", "map<int, struct<b: string comment 'new', a: int>>");
    becomes(
        "struct<s: struct<a: int>, a: int>", "struct<s: struct<a: int>, n: int, m: int, a: int>");
  }

  @Test
  void fieldsAreDropped() throws Exception {
    becomes("struct<a: int, b: int, c: int>", "struct<b: int>");
    becomes("struct<a: int, s: struct<b: int, c: list<int>>>", "struct<s: struct<b: int>>");
  }

  @Test
  void fieldsAreMoved() throws Exception {
    becomes("struct<a: int, b: int, c: int>", "struct<b: int, c: int, a: int>");
    becomes("list<struct<a: int, b: int, c: int>>", "list<struct<c: int, b: int, a: int>>");
    becomes("struct<a: int, b: int, c: int>", "struct<c: int, x: int, a: int, y: int, b: int>");
    becomes("struct<a: int, b: int, c: int, d: int>", "struct<d: int, b: int>");
  }

  @Test
  void fieldsAreWidenedRelaxedAndCommentedOn() throws Exception {
    becomes(
        "struct<a: int not null, l: list<float not null>, m: map<int, decimal(5, 2) not null>>",
        "struct<a: long, l: list<double>, m: map<int, decimal(9, 2)>>");
    becomes("list<list<int>>", "list<list<long>>");
    becomes("struct<a: int, b: int comment 'x'>", "struct<a: int comment 'y', b: int comment 'z'>");
  }

  @Test
  void commentsThatAreLeftOutAreKept() {
    Type was = parse("struct<a: int comment 'x'>");
    assertThat(TypeChanges.between("c", was, parse("struct<a: int>"))).isEmpty();
    assertThat(TypeChanges.between("c", was, parse("struct<a: int comment ''>")))
        .containsExactly(new ColumnChange.Comment("c.a", ""));
  }

  @Test
  void whatCannotBeIsRefusedInClearWords() {
    refused("int", "list<int>", "column 'c' can't become ARRAY<INT>: it is INT; add another one");
    refused("struct<a: list<int>>", "struct<a: map<int, int>>", "column 'c.a' can't become MAP");
    refused("map<int, int>", "map<long, int>", "column 'c' keeps the type of its keys");
    refused(
        "map<struct<a: int>, int>", "map<struct<a: int, b: int>, int>", "keeps the type of its");
    refused("list<int>", "list<int not null>", "column 'c.element' can't become NOT NULL");
    refused(
        "struct<a: int>",
        "struct<a: int, b: int not null>",
        "column 'c.b' can't be added as NOT NULL");
    refused(
        "struct<a: int, b: int>", "struct<a: int, z: int>", "column 'c' has no field b any more");
    refused("struct<a: int, b: int>", "struct<a: int, z: int>", "rename it by its path c.b over");
  }

  private void becomes(String from, String to) throws Exception {
    Schema columns =
        ArrowSchemas.numbered(
            List.of(
                NestedField.optional(1, "a", parse("int")),
                NestedField.optional(2, "c", parse(from))));
    Type was = catalog.createTable(NAME, columns, Map.of(), "", false).schema().findType("c");
    ColumnChanges changes = new ColumnChanges(TypeChanges.between("c", was, parse(to)));
    Type is = catalog.alterColumns(NAME, changes).schema().findType("c");
    assertThat(ArrowSchemas.typeText(is)).isEqualTo(to);
    assertThat(TypeChanges.between("c", is, parse(to))).isEmpty();
    catalog.dropTable(NAME, false, true);
  }

  private static void refused(String from, String to, String message) {
    assertThatThrownBy(() -> TypeChanges.between("c", parse(from), parse(to)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static Type parse(String type) {
    return ArrowSchemas.parseType(type);
  }
}
