package io.sluice.flink.metadata;

import io.sluice.client.TableDescription;
import io.sluice.flink.Endpoint;
import io.sluice.flink.lake.LakeCatalog;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.iceberg.MetadataTableType;
import org.apache.iceberg.MetadataTableUtils;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types.IntegerType;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.types.Types.StringType;
import org.jspecify.annotations.Nullable;

/** A table that shows what is known of another, whose name it has with a suffix. */
public enum MetadataTable {
  /** The lake's snapshots. */
  SNAPSHOTS(MetadataTableType.SNAPSHOTS),
  /** When which snapshot was the current one. */
  HISTORY(MetadataTableType.HISTORY),
  /** Branches and tags. */
  REFS(MetadataTableType.REFS),
  /** The files of the current snapshot, delete files included. */
  FILES(MetadataTableType.FILES),
  /** Its manifests. */
  MANIFESTS(MetadataTableType.MANIFESTS),
  /** Its partitions, with how many rows and files they have. */
  PARTITIONS(MetadataTableType.PARTITIONS),
  /** What log and lake have of each bucket. */
  BUCKETS(null);

  /** What {@link #BUCKETS} shows. */
  static final Schema BUCKET_COLUMNS =
      new Schema(
          NestedField.required(1, "bucket", IntegerType.get()),
          NestedField.optional(2, "owner", StringType.get(), "the gateway that takes its rows"),
          NestedField.required(3, "log_start", LongType.get(), "the first offset in the log"),
          NestedField.required(4, "lake_offset", LongType.get(), "one past the last in the lake"),
          NestedField.required(5, "log_end", LongType.get(), "one past the last visible"),
          NestedField.required(6, "rows_not_in_lake", LongType.get()));

  /** Iceberg's; it has a column for each of the table's, which change. */
  private static final String READABLE_METRICS = "readable_metrics";

  private final Optional<MetadataTableType> type;

  MetadataTable(@Nullable MetadataTableType type) {
    this.type = Optional.ofNullable(type);
  }

  /** Returns what a table's name ends in, such as {@code $files}. */
  public String suffix() {
    return "$" + name().toLowerCase(Locale.ROOT);
  }

  /** Returns the metadata table that is named so. */
  public static Optional<MetadataTable> named(String table) {
    for (MetadataTable each : values()) {
      if (table.endsWith(each.suffix())) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /**
   * Returns its columns.
   *
   * @throws IOException if the lake can't be reached
   */
  public List<NestedField> columns(Endpoint endpoint, TableDescription table) throws IOException {
    if (type.isEmpty()) {
      return BUCKET_COLUMNS.columns();
    }
    try (LakeCatalog lake = LakeCatalog.open(endpoint, table)) {
      return of(lake.load()).schema().columns().stream()
          .filter(column -> !column.name().equals(READABLE_METRICS))
          .toList();
    }
  }

  /** Returns Iceberg's table of what a lake has; not for {@link #BUCKETS}. */
  Table of(LakeCatalog.View lake) {
    return MetadataTableUtils.createMetadataTableInstance(lake.table(), type.orElseThrow());
  }
}
