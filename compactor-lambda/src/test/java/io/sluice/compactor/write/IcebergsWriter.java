package io.sluice.compactor.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.SystemColumns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Files;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SortOrder;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.parquet.Parquet;

/** What Iceberg's own writer of generic records makes of rows. */
final class IcebergsWriter {

  /** Writes rows into a new file, and returns what Iceberg knows of it. */
  static Metrics metrics(
      Path folder, Schema schema, List<Record> rows, Map<String, String> properties)
      throws IOException {
    Map<String, String> all = new HashMap<>(properties);
    SystemColumns.NAMES.forEach(name -> all.put("write.metadata.metrics.column." + name, "full"));
    FileAppender<Record> appender =
        Parquet.write(Files.localOutput(folder.resolve(UUID.randomUUID() + ".parquet").toFile()))
            .schema(schema)
            .metricsConfig(MetricsConfig.from(all, schema, SortOrder.unsorted()))
            .createWriterFunc(type -> GenericParquetWriter.create(schema, type))
            .build();
    try (appender) {
      appender.addAll(rows);
    }
    return appender.metrics();
  }

  /** Compares all but how large columns are. */
  static void check(Metrics found, Metrics expected) {
    assertThat(found.recordCount()).isEqualTo(expected.recordCount());
    assertThat(found.columnSizes().keySet()).isEqualTo(expected.columnSizes().keySet());
    assertThat(found.valueCounts()).isEqualTo(expected.valueCounts());
    assertThat(found.nullValueCounts()).isEqualTo(expected.nullValueCounts());
    assertThat(found.nanValueCounts()).isEqualTo(expected.nanValueCounts());
    assertThat(found.lowerBounds()).isEqualTo(expected.lowerBounds());
    assertThat(found.upperBounds()).isEqualTo(expected.upperBounds());
  }

  private IcebergsWriter() {}
}
