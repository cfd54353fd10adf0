package io.sluice.bench;

import io.sluice.catalog.lake.LakeSettings;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableDescription;
import io.sluice.flink.Endpoint;
import io.sluice.flink.FlinkTypes;
import io.sluice.flink.read.ScanSpec;
import io.sluice.flink.read.SluiceTableSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.connector.source.SourceProvider;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.connector.source.ScanRuntimeProviderContext;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.utils.TypeConversions;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.flink.CatalogLoader;
import org.apache.iceberg.flink.TableLoader;
import org.apache.iceberg.flink.source.IcebergSource;

/** How fast does Flink read a table that is all in the lake, against Iceberg's own source? */
final class LakeScanBenchmark {

  private final Bench bench;
  private final Worker worker;

  LakeScanBenchmark(Bench bench, Worker worker) {
    this.bench = bench;
    this.worker = worker;
  }

  /** Rows a second, by the clock and of this process's CPU. */
  private static final class Speed {
    private final double[] perSecond;
    private final double[] perCpuSecond;

    Speed(int rounds) {
      perSecond = new double[rounds];
      perCpuSecond = new double[rounds];
    }

    void set(int round, long rows, Effort effort, Effort start) {
      perSecond[round] = rows / Math.max(1e-3, effort.seconds() - start.seconds());
      perCpuSecond[round] = rows / Math.max(1e-3, effort.cpuSeconds() - start.cpuSeconds());
    }

    void line(MarkdownTable table, String name, Speed other) {
      Spread clock = new Spread(perSecond);
      Spread cpu = new Spread(perCpuSecond);
      table.line(
          name,
          clock.text(),
          clock.ratioTo(new Spread(other.perSecond)),
          cpu.text(),
          cpu.ratioTo(new Spread(other.perCpuSecond)));
    }
  }

  MarkdownTable run() throws Exception {
    Speed sluice = new Speed(bench.rounds());
    Speed iceberg = new Speed(bench.rounds());
    try (SluiceClient client = SluiceClient.connect(bench.server().gateway())) {
      TableDescription empty = bench.newTable(client, 1);
      TableDescription table = bench.newTable(client, 1);
      worker.fill(client, table, bench.scanRows());
      worker.compact(table.name());
      // The first rounds' figures are dropped: the code is compiled by then.
      for (int round = -2; round < bench.rounds(); round++) {
        int at = Math.max(0, round);
        Effort start = scan(source(bench, empty, true), empty);
        sluice.set(at, bench.scanRows(), scan(source(bench, table, true), table), start);
        iceberg.set(at, bench.scanRows(), scan(iceberg(table), table), start);
        Bench.say(
            "sluice %.0f rows/s, iceberg %.0f rows/s, of an empty table %.2f s"
                .formatted(sluice.perSecond[at], iceberg.perSecond[at], start.seconds()));
      }
    }
    MarkdownTable table =
        new MarkdownTable(
            "Flink's scan of the lake",
            "source",
            "rows/s",
            "to Iceberg's own",
            "rows per second of CPU",
            "to Iceberg's own");
    sluice.line(table, "Sluice", iceberg);
    iceberg.line(table, "Iceberg", iceberg);
    table.note(
        bench.scanRows()
            + " rows of ten columns, the same files, batch mode, parallelism 1, rows discarded; without"
            + " what the job of an empty table takes.");
    return table;
  }

  private static Effort scan(Source<RowData, ?, ?> source, TableDescription table)
      throws Exception {
    StreamExecutionEnvironment flink = StreamExecutionEnvironment.getExecutionEnvironment();
    flink.setRuntimeMode(RuntimeExecutionMode.BATCH);
    flink.setParallelism(1);
    // Else Flink copies each row on its way to the sink.
    flink.getConfig().enableObjectReuse();
    flink
        .fromSource(source, WatermarkStrategy.noWatermarks(), "scan", type(table))
        .sinkTo(new DiscardingSink<>());
    return Effort.of(() -> flink.execute("scan"));
  }

  /** Returns Sluice's source of all columns of a table. */
  static Source<RowData, ?, ?> source(Bench bench, TableDescription table, boolean bounded) {
    List<String> columns =
        table.rowSchema().columns().stream().map(column -> column.name()).toList();
    DataType type =
        TypeConversions.fromLogicalToDataType(
            FlinkTypes.flinkType(table.rowSchema().asStruct(), false));
    Endpoint endpoint = new Endpoint(bench.server().gateway(), new HashMap<>());
    SluiceTableSource source =
        new SluiceTableSource(ScanSpec.of(endpoint, table.name(), columns), type, bounded);
    return ((SourceProvider) source.getScanRuntimeProvider(ScanRuntimeProviderContext.INSTANCE))
        .createSource();
  }

  /** Returns what the rows of {@link #source} are. */
  static InternalTypeInfo<RowData> type(TableDescription table) {
    return InternalTypeInfo.of(FlinkTypes.flinkType(table.rowSchema().asStruct(), false));
  }

  private Source<RowData, ?, ?> iceberg(TableDescription table) {
    Map<String, String> properties = new HashMap<>(LakeSettings.fileDefaults(table.location()));
    properties.put("uri", "http://" + bench.server().gateway() + "/iceberg");
    properties.put("header.Sluice-Freshness", "none");
    CatalogLoader catalog = CatalogLoader.rest("lake", new Configuration(false), properties);
    TableIdentifier name = TableIdentifier.of(table.name().database(), table.name().table());
    return IcebergSource.forRowData()
        .tableLoader(TableLoader.fromCatalog(catalog, name))
        .project(table.rowSchema())
        .exposeLocality(false) // Else it asks Hadoop, of which we have a small part.
        .build();
  }
}
