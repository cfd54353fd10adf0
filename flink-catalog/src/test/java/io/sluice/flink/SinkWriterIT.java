package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.flink.write.SinkSpec;
import io.sluice.flink.write.SinkWriters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class SinkWriterIT {

  private static final TableName TABLE = new TableName("default", "written");

  @TempDir private Path folder;

  @Test
  void anInsertOfAColumnThatWasDroppedSinceLeavesNoThreadBehind() throws Exception {
    try (Town town = new Town(folder)) {
      town.sql(EnvironmentSettings.inBatchMode())
          .executeSql("CREATE TABLE written (n BIGINT) WITH ('bucket.key'='n')");
      SinkSpec spec = spec(town, "gone");
      for (SinkSpec each : List.of(spec, spec.exactlyOnce(Duration.ofHours(1)))) {
        assertThatThrownBy(() -> SinkWriters.open(each))
            .hasMessageContaining("column 'gone' is not in the table any more");
        assertThat(threads()).isEmpty();
      }
      SinkWriter<RowData> writer = SinkWriters.open(spec(town, "n"));
      assertThat(threads()).as("that there are some").isNotEmpty();
      writer.close();
      assertThat(threads()).isEmpty();
    }
  }

  private static SinkSpec spec(Town town, String column) {
    RowType type = RowType.of(new LogicalType[] {new BigIntType()}, new String[] {column});
    Endpoint endpoint = new Endpoint(town.endpoint(), Map.of());
    return SinkSpec.of(endpoint, TABLE, type, Duration.ZERO);
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("sluice-writer-" + TABLE))
        .toList();
  }
}
