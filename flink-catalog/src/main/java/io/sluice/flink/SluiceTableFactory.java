package io.sluice.flink;

import io.sluice.catalog.table.Quantities;
import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.flink.lake.LakeCatalog;
import io.sluice.flink.lake.PastTable;
import io.sluice.flink.metadata.MetadataTableSource;
import io.sluice.flink.read.CountingTableSource;
import io.sluice.flink.read.ScanSpec;
import io.sluice.flink.read.SluiceTableSource;
import io.sluice.flink.read.SourceSettings;
import io.sluice.flink.read.Startup;
import io.sluice.flink.read.Stop;
import io.sluice.flink.read.UnpushedTableSource;
import io.sluice.flink.write.Delivery;
import io.sluice.flink.write.Distribution;
import io.sluice.flink.write.SinkSpec;
import io.sluice.flink.write.SluiceTableSink;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.api.config.ExecutionConfigOptions;
import org.apache.flink.table.catalog.TableDistribution;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;

/** Makes sources and sinks for the tables of one catalog. */
final class SluiceTableFactory implements DynamicTableSourceFactory, DynamicTableSinkFactory {

  /** An option of the table itself. */
  private static final ConfigOption<String> TRANSACTION_TIMEOUT =
      ConfigOptions.key("transaction.timeout").stringType().defaultValue("24h");

  private final Endpoint endpoint;
  private final QueryTimes times;

  SluiceTableFactory(Endpoint endpoint) {
    this(endpoint, new QueryTimes());
  }

  /**
   * @param times of the queries of one catalog
   */
  SluiceTableFactory(Endpoint endpoint, QueryTimes times) {
    this.endpoint = endpoint;
    this.times = times;
  }

  @Override
  public String factoryIdentifier() {
    return SluiceOptions.IDENTIFIER;
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of();
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of(
        SluiceOptions.STARTUP_MODE,
        SluiceOptions.STARTUP_TIMESTAMP,
        SluiceOptions.STARTUP_OFFSETS,
        SluiceOptions.BOUNDED_MODE,
        SluiceOptions.BOUNDED_TIMESTAMP,
        SluiceOptions.BOUNDED_OFFSETS,
        SluiceOptions.AS_OF,
        SluiceOptions.SNAPSHOT_ID,
        SluiceOptions.SPLIT_SIZE,
        FactoryUtil.SOURCE_PARALLELISM,
        SluiceOptions.LAKE_CHUNK_ROWS,
        SluiceOptions.BUCKET_DISCOVERY,
        SluiceOptions.PUSH_DOWN,
        SluiceOptions.AGGREGATE_PUSH_DOWN,
        SluiceOptions.SINK_LINGER,
        SluiceOptions.SINK_DISTRIBUTION,
        SluiceOptions.SINK_DELIVERY,
        SluiceOptions.SINK_COMMIT_TIMEOUT,
        FactoryUtil.SINK_PARALLELISM);
  }

  @Override
  public DynamicTableSource createDynamicTableSource(Context context) {
    Suffix named = named(context);
    TableName name = name(context);
    if (named.metadata().isPresent()) {
      List<String> columns = DataType.getFieldNames(context.getPhysicalRowDataType());
      return new MetadataTableSource(endpoint, name, named.metadata().get(), columns);
    }
    Configuration options = options(context);
    Optional<Long> asOf = context.getCatalogTable().getSnapshot();
    boolean bounded =
        named.isLake()
            || asOf.isPresent()
            || options.contains(SluiceOptions.AS_OF)
            || context.getConfiguration().get(ExecutionOptions.RUNTIME_MODE)
                == RuntimeExecutionMode.BATCH;
    try {
      if (named.isLake() && options.keySet().stream().anyMatch(CatalogTables::isBound)) {
        throw new IllegalArgumentException(
            "`" + name.table() + named.text() + "` is read whole; filter by _timestamp or _offset");
      }
      requireKnownHints(options);
      requireOneTime(named, options, asOf.isPresent());
      times.read(context.getObjectIdentifier(), options.toMap(), asOf);
      Startup startup = startup(options);
      DataType type = context.getPhysicalRowDataType();
      List<String> columns = DataType.getFieldNames(type);
      ScanSpec spec =
          (named.isLake()
                  ? ScanSpec.ofLake(endpoint, name, columns)
                  : ScanSpec.of(endpoint, name, columns))
              .withPlanned((RowType) type.getLogicalType())
              .withStartup(startup)
              .withSettings(settings(context, startup, bounded))
              .withLakeChunkRows(options.get(SluiceOptions.LAKE_CHUNK_ROWS))
              .withBucketDiscovery(options.get(SluiceOptions.BUCKET_DISCOVERY));
      Optional<PastTable> past = past(name, asOf, options);
      spec = past.map(spec::withPast).orElse(spec);
      SluiceTableSource source = new SluiceTableSource(spec, type, bounded);
      if (!options.get(SluiceOptions.PUSH_DOWN)) {
        return new UnpushedTableSource(source);
      }
      boolean counting = options.get(SluiceOptions.AGGREGATE_PUSH_DOWN);
      return counting ? new CountingTableSource(source) : source;
    } catch (IllegalArgumentException e) {
      throw new ValidationException("table " + name + ": " + e.getMessage(), e);
    }
  }

  private static void requireOneTime(Suffix named, Configuration options, boolean asOf) {
    boolean snapshot = options.contains(SluiceOptions.SNAPSHOT_ID);
    if (snapshot && !named.isLake()) {
      throw new IllegalArgumentException(
          "'scan.snapshot-id' is a hint of `" + named.path().getObjectName() + "$lake`");
    }
    boolean hint = options.contains(SluiceOptions.AS_OF);
    boolean bound = options.keySet().stream().anyMatch(CatalogTables::isBound);
    boolean past = asOf || hint || snapshot;
    if ((asOf ? 1 : 0) + (hint ? 1 : 0) + (snapshot ? 1 : 0) > 1 || (past && bound)) {
      throw new IllegalArgumentException(
          "give one of FOR SYSTEM_TIME AS OF, 'scan.as-of' and 'scan.snapshot-id', and with it"
              + " neither scan.startup.* nor scan.bounded.*");
    }
  }

  /** Looks up what the table was, if the query isn't of now. */
  private Optional<PastTable> past(TableName name, Optional<Long> asOf, Configuration options) {
    Optional<Long> snapshotId = options.getOptional(SluiceOptions.SNAPSHOT_ID);
    Optional<Long> hinted = options.getOptional(SluiceOptions.AS_OF).map(Startup::epochMillis);
    if (asOf.isEmpty() && snapshotId.isEmpty() && hinted.isEmpty()) {
      return Optional.empty();
    }
    try (SluiceClient client = endpoint.connect();
        LakeCatalog lake = LakeCatalog.open(endpoint, client.describe(name))) {
      if (asOf.isPresent()) {
        return Optional.of(PastTable.at(lake, asOf.get()));
      }
      // A hint comes when the columns are those of now already.
      return Optional.of(
          hinted.isPresent()
              ? PastTable.at(lake, hinted.get()).inColumnsOf(lake)
              : PastTable.of(lake, snapshotId.orElseThrow()));
    } catch (IOException | SluiceException e) {
      throw new ValidationException("table " + name + ": " + e.getMessage(), e);
    }
  }

  @Override
  public DynamicTableSink createDynamicTableSink(Context context) {
    Suffix named = named(context);
    if (named.isLake() || !named.hasRows()) {
      throw new ValidationException(named.refusal("INSERT"));
    }
    TableName name = name(context);
    Configuration options = options(context);
    RowType type = (RowType) context.getPhysicalRowDataType().getLogicalType();
    try {
      requireKnownHints(options);
      SinkSpec spec =
          SinkSpec.of(endpoint, name, type, options.get(SluiceOptions.SINK_LINGER))
              .withCommitTimeout(options.get(SluiceOptions.SINK_COMMIT_TIMEOUT));
      if (options.get(SluiceOptions.SINK_DELIVERY) == Delivery.EXACTLY_ONCE) {
        spec = spec.exactlyOnce(Quantities.parseDuration(options.get(TRANSACTION_TIMEOUT)));
      }
      spec =
          distributed(
              spec,
              context.getCatalogTable().getDistribution(),
              options.get(SluiceOptions.SINK_DISTRIBUTION));
      return new SluiceTableSink(
          spec,
          context.getObjectIdentifier().getObjectName(),
          options.getOptional(FactoryUtil.SINK_PARALLELISM).orElse(null));
    } catch (IllegalArgumentException e) {
      throw new ValidationException("table " + name + ": " + e.getMessage(), e);
    }
  }

  /** Only tables with a bucket key have rows that are of one bucket rather than another. */
  private static SinkSpec distributed(
      SinkSpec spec, Optional<TableDistribution> buckets, Distribution wanted) {
    List<String> key = buckets.map(TableDistribution::getBucketKeys).orElse(List.of());
    if (key.isEmpty()) {
      return spec;
    }
    if (wanted == Distribution.BUCKET) {
      return spec.shuffledBy(key.get(0), buckets.orElseThrow().getBucketCount().orElse(1));
    }
    if (spec.exactlyOnce()) {
      throw new IllegalArgumentException(
          "exactly-once needs 'sink.distribution'='bucket': as rows come, each subtask would have a"
              + " transaction in every bucket at each checkpoint");
    }
    return spec;
  }

  /** One that is misspelt would be ignored: something else would be done than was asked for. */
  private void requireKnownHints(Configuration options) {
    Set<String> known =
        optionalOptions().stream().map(ConfigOption::key).collect(Collectors.toSet());
    for (String key : options.keySet()) {
      boolean read = key.startsWith("scan.") && !key.startsWith("scan.watermark.");
      if ((read || key.startsWith("sink.")) && !known.contains(key)) {
        throw new IllegalArgumentException(
            "there is no option '" + key + "'; there are " + new TreeSet<>(known));
      }
    }
  }

  private static Startup startup(Configuration options) {
    return Startup.parse(
        options.get(SluiceOptions.STARTUP_MODE),
        options.get(SluiceOptions.STARTUP_TIMESTAMP),
        options.get(SluiceOptions.STARTUP_OFFSETS));
  }

  private static SourceSettings settings(Context context, Startup startup, boolean batch) {
    Configuration options = options(context);
    Stop stop =
        Stop.parse(
            options.get(SluiceOptions.BOUNDED_MODE),
            options.get(SluiceOptions.BOUNDED_TIMESTAMP),
            options.get(SluiceOptions.BOUNDED_OFFSETS));
    MemorySize splitSize = options.get(SluiceOptions.SPLIT_SIZE);
    return new SourceSettings(
        stop.after(startup, batch),
        splitSize == null ? null : splitSize.getBytes(),
        options.get(FactoryUtil.SOURCE_PARALLELISM),
        false,
        idleTimeout(context));
  }

  private static Duration idleTimeout(Context context) {
    return options(context)
        .getOptional(FactoryUtil.SOURCE_IDLE_TIMEOUT)
        .orElseGet(
            () ->
                context
                    .getConfiguration()
                    .get(ExecutionConfigOptions.TABLE_EXEC_SOURCE_IDLE_TIMEOUT));
  }

  private static Configuration options(Context context) {
    return Configuration.fromMap(context.getCatalogTable().getOptions());
  }

  private static Suffix named(Context context) {
    return Suffix.of(context.getObjectIdentifier().toObjectPath());
  }

  private static TableName name(Context context) {
    return named(context)
        .name()
        .orElseThrow(
            () -> new ValidationException(context.getObjectIdentifier() + " can't name a table"));
  }
}
