package io.sluice.flink;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;

import io.sluice.catalog.table.OptionChanges;
import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.TableSpec;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import io.sluice.flink.read.ScanSpec;
import io.sluice.flink.read.SluiceTableSource;
import io.sluice.flink.read.SourceSettings;
import io.sluice.flink.read.Stop;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.testframe.external.ExternalSystemSplitDataWriter;
import org.apache.flink.connector.testframe.external.source.DataStreamSourceExternalContext;
import org.apache.flink.connector.testframe.external.source.TestingSourceSettings;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.connector.source.SourceProvider;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.connector.source.ScanRuntimeProviderContext;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/** A gateway and a table for one test of Flink's suite; each of its splits is a bucket. */
final class SourceSuiteContext implements DataStreamSourceExternalContext<RowData> {

  private static final TableName TABLE = new TableName("default", "t");
  private static final int MOST_ROWS = 100;
  private static final DataType TYPE =
      DataTypes.ROW(
          DataTypes.FIELD("n", DataTypes.BIGINT().notNull()),
          DataTypes.FIELD("s", DataTypes.STRING()));

  private final Town town;
  private final SluiceClient client;
  private int count;
  private int written;

  SourceSuiteContext(Path folder) {
    try {
      town = new Town(folder);
      client = town.connect();
      client.createDatabase(TABLE.database(), true);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Source<RowData, ?, ?> createSource(TestingSourceSettings settings) {
    // The suite wants each split's rows in order, also of a source that ends: as streaming queries
    // that end have them. Batch queries read the lake's files as they come.
    boolean ends = settings.getBoundedness() == Boundedness.BOUNDED;
    ScanSpec spec =
        ScanSpec.of(new Endpoint(town.endpoint(), Map.of()), TABLE, List.of("n", "s"))
            .withPlanned((RowType) TYPE.getLogicalType())
            .withSettings(SourceSettings.DEFAULT.withStop(ends ? Stop.LATEST : Stop.NEVER));
    SluiceTableSource source = new SluiceTableSource(spec, TYPE, false);
    return ((SourceProvider) source.getScanRuntimeProvider(ScanRuntimeProviderContext.INSTANCE))
        .createSource();
  }

  @Override
  public ExternalSystemSplitDataWriter<RowData> createSourceSplitDataWriter(
      TestingSourceSettings settings) {
    try {
      if (count == 0) {
        Schema schema =
            new Schema(
                required(1, "n", Types.LongType.get()), optional(2, "s", Types.StringType.get()));
        var unused = client.createTable(TableSpec.of(TABLE, schema));
        count = 1;
      } else if (written == count) {
        // It can only be doubled: one bucket may stay empty.
        count *= 2;
        Map<String, String> more = Map.of("bucket.count", String.valueOf(count));
        var unused = client.alterTable(TABLE, OptionChanges.setting(more));
      }
      return new Writer(client.writer(TABLE, WriterSettings.create().withBucket(written++)));
    } catch (SluiceException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every other batch goes on to the lake, so that reads go through both. */
  private final class Writer implements ExternalSystemSplitDataWriter<RowData> {
    private final TableWriter writer;

    Writer(TableWriter writer) {
      this.writer = writer;
    }

    @Override
    public void writeRecords(List<RowData> rows) {
      int half = rows.size() / 2;
      try {
        append(rows.subList(0, half));
        town.compact(client, TABLE);
        append(rows.subList(half, rows.size()));
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    private void append(List<RowData> rows) throws SluiceException {
      if (!rows.isEmpty()) {
        List<Map<String, Object>> values =
            rows.stream()
                .map(
                    row ->
                        Map.<String, Object>of(
                            "n", row.getLong(0), "s", row.getString(1).toString()))
                .toList();
        writer.append(values).orTimeout(60, TimeUnit.SECONDS).join();
      }
    }

    @Override
    public void close() {
      writer.close();
    }
  }

  @Override
  public List<RowData> generateTestData(TestingSourceSettings settings, int split, long seed) {
    Random random = new Random(seed);
    RowDataSerializer serializer = new RowDataSerializer((RowType) TYPE.getLogicalType());
    List<RowData> rows = new ArrayList<>();
    for (int i = random.nextInt(MOST_ROWS) + 1; i > 0; i--) {
      StringData text = StringData.fromString(split + "-" + Long.toString(random.nextLong(), 36));
      // They are compared with what was collected, which comes as binary rows.
      rows.add(serializer.toBinaryRow(GenericRowData.of(random.nextLong(), text)).copy());
    }
    return rows;
  }

  @Override
  public TypeInformation<RowData> getProducedType() {
    return InternalTypeInfo.of(TYPE.getLogicalType());
  }

  @Override
  public List<URL> getConnectorJarPaths() {
    return List.of();
  }

  @Override
  public void close() {
    client.close();
    town.close();
  }

  @Override
  public String toString() {
    return "a gateway";
  }
}
