package io.sluice.compactor;

import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.table.Table;
import java.util.Random;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Schema;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.Parquet;

/** Another engine at the lake table, that knows nothing of Sluice. */
final class Foreigner {

  private final SeamTown town;
  private final Table table;
  private final Catalog catalog;

  Foreigner(SeamTown town, Table table) {
    this.town = town;
    this.table = table;
    this.catalog = town.foreignLake("foreigner").icebergCatalog();
  }

  org.apache.iceberg.Table lakeTable() {
    return catalog.loadTable(identifier());
  }

  Catalog catalog() {
    return catalog;
  }

  TableIdentifier identifier() {
    return TableIdentifier.of(table.name().database(), table.name().table());
  }

  /** Commits something that says nothing of Sluice's progress. */
  void commits(Random random) {
    if (random.nextBoolean()) {
      lakeTable().newAppend().commit();
    } else {
      lakeTable().updateProperties().set("foreign", Integer.toString(random.nextInt())).commit();
    }
  }

  /** Appends one row, which has no bucket and no offset. */
  long appends() throws Exception {
    org.apache.iceberg.Table lake = lakeTable();
    Schema schema = lake.schema();
    Record row = GenericRecord.create(schema);
    row.setField("n", -1L);
    OutputFile out =
        lake.io().newOutputFile(lake.location() + "/data/" + UUID.randomUUID() + ".parquet");
    FileAppender<Record> appender =
        Parquet.write(out)
            .schema(schema)
            .createWriterFunc(type -> GenericParquetWriter.create(schema, type))
            .build();
    try (appender) {
      appender.add(row);
    }
    DataFile file =
        DataFiles.builder(lake.spec())
            .withPath(out.location())
            .withFormat(FileFormat.PARQUET)
            .withFileSizeInBytes(appender.length())
            .withMetrics(appender.metrics())
            .build();
    lake.newAppend().appendFile(file).commit();
    return lakeTable().currentSnapshot().snapshotId();
  }

  /** Expires all that may be, and deletes the files that only it had. */
  void expires() {
    lakeTable().expireSnapshots().expireOlderThan(Long.MAX_VALUE).retainLast(1).commit();
  }

  /** Expires one snapshot. */
  void expires(long snapshotId) {
    lakeTable().expireSnapshots().expireSnapshotId(snapshotId).commit();
  }

  /** Removes the tag that would keep the newest snapshot of Sluice's. */
  void removesTag() {
    lakeTable().manageSnapshots().removeTag(LakeView.tag(table.incarnation())).commit();
  }

  void removesOrphans() {
    var unused = town.audit(table).removeForeignOrphans();
  }
}
