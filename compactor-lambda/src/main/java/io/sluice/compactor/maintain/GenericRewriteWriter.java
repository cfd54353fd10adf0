package io.sluice.compactor.maintain;

import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.table.SystemColumns;
import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.apache.iceberg.parquet.Parquet;

/** Writes row by row, with Iceberg's own writer. */
final class GenericRewriteWriter implements RewriteWriter {

  /** Bounds the writer's memory; compaction's row groups are of the same size. */
  private static final String ROW_GROUP_BYTES = Long.toString(64L << 20);

  @Override
  public Optional<DataFile> write(
      FileIO io, LakeView view, PartitionSpec spec, StructLike partition, Iterator<Record> rows)
      throws IOException {
    if (!rows.hasNext()) {
      return Optional.empty();
    }
    TableMetadata metadata = view.metadata();
    Schema schema = LakeRows.schema(view);
    Map<String, String> properties = new HashMap<>(metadata.properties());
    properties.putIfAbsent(TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES, ROW_GROUP_BYTES);
    // Offsets are sought by the bounds of Sluice's own columns.
    SystemColumns.NAMES.forEach(
        name -> properties.put(TableProperties.METRICS_MODE_COLUMN_CONF_PREFIX + name, "full"));
    LocationProvider locations =
        LocationProviders.locationsFor(metadata.location(), metadata.properties());
    String name = UUID.randomUUID() + ".parquet";
    String location =
        spec.isUnpartitioned()
            ? locations.newDataLocation(name)
            : locations.newDataLocation(spec, partition, name);
    DataWriter<Record> writer =
        Parquet.writeData(io.newOutputFile(location))
            .schema(schema)
            .withSpec(spec)
            .withPartition(partition)
            .setAll(properties)
            .metricsConfig(MetricsConfig.from(properties, schema, SortOrder.unsorted()))
            .createWriterFunc((columns, type) -> GenericParquetWriter.create(columns, type))
            .build();
    try (writer) {
      while (rows.hasNext()) {
        writer.write(rows.next());
      }
    }
    return Optional.of(writer.toDataFile());
  }
}
