package io.sluice.catalog.lake;

import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestWriter;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/** A lake in a local folder, with one table in it. */
final class LakeFixture {

  static final TableName NAME = new TableName("db", "t");
  static final Schema COLUMNS =
      new Schema(
          NestedField.required(7, "id", Types.LongType.get()),
          NestedField.optional(3, "name", Types.StringType.get()));

  final MetadataStore store;
  final Lake lake;
  final TableCatalog catalog;
  final Table table;

  LakeFixture(Path folder) throws CatalogException {
    this(folder, new InMemoryMetadataStore());
  }

  LakeFixture(Path folder, MetadataStore store) throws CatalogException {
    this.store = store;
    lake = Lake.open(LakeSettings.local(folder), store);
    catalog = new TableCatalog(store, lake);
    catalog.createDatabase(NAME.database(), true);
    table = catalog.createTable(NAME, COLUMNS, Map.of("bucket.count", "2"), "", true);
  }

  LakeTable lakeTable() {
    return lake.table(table);
  }

  org.apache.iceberg.Table iceberg() {
    return lake.icebergCatalog()
        .loadTable(org.apache.iceberg.catalog.TableIdentifier.of(NAME.database(), NAME.table()));
  }

  Progress progress(long first, long second) {
    return Progress.none(table.incarnation()).with(0, first).with(1, second);
  }

  /** Writes a manifest that adds one file of {@code rows} rows; the file itself isn't there. */
  ManifestFile manifest(LakeView view, long rows) throws IOException {
    String name = view.metadata().location() + "/metadata/" + UUID.randomUUID();
    ManifestWriter<DataFile> writer =
        ManifestFiles.write(
            view.metadata().formatVersion(),
            view.spec(),
            lakeTable().io().newOutputFile(name + "-m0.avro"),
            null);
    try (writer) {
      writer.add(file(view, rows));
    }
    return writer.toManifestFile();
  }

  static DataFile file(LakeView view, long rows) {
    return DataFiles.builder(view.spec())
        .withPath(view.metadata().location() + "/data/" + UUID.randomUUID() + ".parquet")
        .withFileSizeInBytes(1_000)
        .withRecordCount(rows)
        .build();
  }
}
