package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import io.sluice.flink.read.ScanSpec;
import io.sluice.flink.read.SluiceTableSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.connector.testutils.source.reader.TestingReaderContext;
import org.apache.flink.connector.testutils.source.reader.TestingReaderOutput;
import org.apache.flink.connector.testutils.source.reader.TestingSplitEnumeratorContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.connector.source.SourceProvider;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.connector.source.ScanRuntimeProviderContext;
import org.apache.flink.table.types.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streaming queries that read the lake's files take checkpoints in the midst of them. */
@Timeout(120)
@SuppressWarnings("try") // Flink's readers may be interrupted when they close
class LakeRestoreIT {

  private static final TableName TABLE = new TableName("default", "t");
  private static final DataType TYPE = DataTypes.ROW(DataTypes.FIELD("n", DataTypes.BIGINT()));

  /** More than a reader takes out of a file at once, in each of two files. */
  private static final long ROWS = 3_000;

  @TempDir private Path folder;

  @Test
  void aSplitGoesOnBehindTheRowsThatCameBeforeACheckpoint() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      town.sql(EnvironmentSettings.inBatchMode()).executeSql("CREATE TABLE t (n BIGINT)");
      write(client, 0, ROWS);
      town.compact(client, TABLE);
      write(client, ROWS, 2 * ROWS);
      town.compact(client, TABLE);
      for (int before : List.of(0, 1, 2_047, 2_048, 3_500, 5_999)) {
        assertThat(restoredAfter(before, lake(town)))
            .as("restored after " + before + " rows")
            .containsExactlyInAnyOrderElementsOf(LongStream.range(0, 2 * ROWS).boxed().toList());
      }
    }
  }

  private static Source<RowData, ?, ?> lake(Town town) {
    Endpoint endpoint = new Endpoint(town.endpoint(), Map.of());
    ScanSpec spec = ScanSpec.ofLake(endpoint, TABLE, List.of("n"));
    SluiceTableSource source = new SluiceTableSource(spec, TYPE, true);
    return ((SourceProvider) source.getScanRuntimeProvider(ScanRuntimeProviderContext.INSTANCE))
        .createSource();
  }

  /** Reads some rows, and the others with a reader that has the first one's state alone. */
  private static <S extends SourceSplit, C> List<Long> restoredAfter(
      int count, Source<RowData, S, C> source) throws Exception {
    List<Long> seen = new ArrayList<>();
    List<S> splits = new ArrayList<>();
    List<S> planned = plan(source);
    assertThat(planned).hasSize(1);
    try (SourceReader<RowData, S> reader = source.createReader(new TestingReaderContext())) {
      reader.addSplits(planned);
      read(reader, seen, count);
      for (S split : reader.snapshotState(1)) {
        byte[] state = source.getSplitSerializer().serialize(split);
        int version = source.getSplitSerializer().getVersion();
        splits.add(source.getSplitSerializer().deserialize(version, state));
      }
    }
    try (SourceReader<RowData, S> reader = source.createReader(new TestingReaderContext())) {
      reader.addSplits(splits);
      reader.notifyNoMoreSplits();
      read(reader, seen, Integer.MAX_VALUE);
    }
    return seen;
  }

  private static <S extends SourceSplit, C> List<S> plan(Source<RowData, S, C> source)
      throws Exception {
    TestingSplitEnumeratorContext<S> context = new TestingSplitEnumeratorContext<>(1);
    try (SplitEnumerator<S, C> enumerator = source.createEnumerator(context)) {
      enumerator.start();
      context.registerReader(0, "localhost");
      context.triggerAllActions();
      enumerator.handleSplitRequest(0, null);
      return context.getSplitAssignments().values().stream()
          .flatMap(assigned -> assigned.getAssignedSplits().stream())
          .toList();
    }
  }

  /** Reads until there are so many rows, or no more. */
  private static void read(SourceReader<RowData, ?> reader, List<Long> seen, int count)
      throws Exception {
    reader.start();
    TestingReaderOutput<RowData> output = new TestingReaderOutput<>();
    InputStatus status = InputStatus.MORE_AVAILABLE;
    while (seen.size() < count && status != InputStatus.END_OF_INPUT) {
      status = reader.pollNext(output);
      output.getEmittedRecords().forEach(row -> seen.add(row.getLong(0)));
      output.clearEmittedRecords();
      if (status == InputStatus.NOTHING_AVAILABLE) {
        reader.isAvailable().get(60, TimeUnit.SECONDS);
      }
    }
  }

  private static void write(SluiceClient client, long from, long to) throws Exception {
    try (TableWriter writer = client.writer(TABLE, WriterSettings.create().withBucket(0))) {
      List<Map<String, Object>> rows =
          LongStream.range(from, to).mapToObj(n -> Map.<String, Object>of("n", n)).toList();
      writer.append(rows).join();
    }
  }
}
