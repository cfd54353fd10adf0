package io.sluice.flink.lake;

import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.range.Cut;
import io.sluice.client.TableDescription;
import java.io.IOException;
import java.io.Serializable;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;

/**
 * A table as it was: the rows of one snapshot of its lake and, unless only the lake is read, those
 * of the log that followed in it up to a time.
 *
 * @param snapshotId the snapshot, or {@link Cut#NO_SNAPSHOT} if there wasn't any yet
 * @param epochMillis the time, in milliseconds since 1970; rows of that millisecond are in it
 * @param columns those of then as JSON, system columns included
 */
public record PastTable(long snapshotId, long epochMillis, String columns) implements Serializable {

  /**
   * Returns a table as it was at a time. Blocks.
   *
   * @param epochMillis the time, in milliseconds since 1970
   * @throws IllegalArgumentException if nothing can be known of that time; the message says why
   * @throws IOException if the lake can't be reached
   */
  public static PastTable at(LakeCatalog lake, long epochMillis) throws IOException {
    Table table = lake.load().table();
    LakePast past = new LakePast(metadata(table), epochMillis, System.currentTimeMillis());
    long snapshotId = past.snapshotId();
    return new PastTable(
        snapshotId, epochMillis, SchemaParser.toJson(past.columns(snapshotId, table.io())));
  }

  /**
   * Returns what a snapshot has, in columns of now. Blocks.
   *
   * @throws IllegalArgumentException if there is no such snapshot any more; the message says so
   * @throws IOException if the lake can't be reached
   */
  public static PastTable of(LakeCatalog lake, long snapshotId) throws IOException {
    Table table = lake.load().table();
    Snapshot snapshot = table.snapshot(snapshotId);
    if (snapshot == null) {
      throw new IllegalArgumentException(
          "there is no snapshot " + snapshotId + " in the lake: it expired, or never was");
    }
    return new PastTable(
        snapshotId, snapshot.timestampMillis(), SchemaParser.toJson(lake.planned()));
  }

  /** Returns the same rows, in the columns of now. */
  public PastTable inColumnsOf(LakeCatalog lake) {
    return new PastTable(snapshotId, epochMillis, SchemaParser.toJson(lake.planned()));
  }

  /** Returns its columns, system columns included. */
  public Schema schema() {
    return SchemaParser.fromJson(columns);
  }

  /** Returns the table with the columns that it had. */
  public TableDescription describe(TableDescription now) {
    return new TableDescription(
        now.name(),
        now.id(),
        now.incarnation(),
        now.location(),
        schema(),
        now.bucketCount(),
        now.bucketKey(),
        now.options(),
        now.comment());
  }

  /**
   * Returns the version of the lake that it had.
   *
   * @throws IOException if its snapshot expired since the query was planned
   */
  public LakeCatalog.View view(LakeCatalog.View now) throws IOException {
    Table table = now.table();
    if (snapshotId != Cut.NO_SNAPSHOT && table.snapshot(snapshotId) == null) {
      throw new IOException(
          "snapshot "
              + snapshotId
              + " of lake table "
              + table.name()
              + " expired after the query was planned; raise the table's"
              + " 'lake.snapshot-retention' to look further back");
    }
    Progress progress =
        Progress.inForceAt(metadata(table), now.progress().incarnation(), epochMillis);
    return new LakeCatalog.View(table, snapshotId, schema(), progress);
  }

  private static TableMetadata metadata(Table table) {
    return ((BaseTable) table).operations().current();
  }
}
