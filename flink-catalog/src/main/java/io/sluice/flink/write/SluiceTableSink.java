package io.sluice.flink.write;

import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.table.api.TableException;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.TableDistribution.Kind;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.RowLevelModificationScanContext;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.connector.sink.abilities.SupportsBucketing;
import org.apache.flink.table.connector.sink.abilities.SupportsOverwrite;
import org.apache.flink.table.connector.sink.abilities.SupportsRowLevelDelete;
import org.apache.flink.table.connector.sink.abilities.SupportsRowLevelUpdate;
import org.apache.flink.table.connector.sink.abilities.SupportsTruncate;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;

/**
 * A table that a query inserts into, or a statement truncates. It has the abilities to be
 * overwritten, deleted from and updated only to refuse them in words that say what to do.
 */
public final class SluiceTableSink
    implements DynamicTableSink,
        SupportsBucketing,
        SupportsTruncate,
        SupportsOverwrite,
        SupportsRowLevelDelete,
        SupportsRowLevelUpdate {

  /** How long TRUNCATE TABLE waits for the lake to have all rows. */
  private static final Duration TRUNCATE_TIMEOUT = Duration.ofMinutes(10);

  private final SinkSpec spec;
  private final String writtenName;
  private final @Nullable Integer parallelism;

  /**
   * An INSERT, or a TRUNCATE.
   *
   * @param writtenName how the statement names the table: it may have a suffix
   * @param parallelism how many subtasks write; null if as many as the query ends with
   */
  public SluiceTableSink(SinkSpec spec, String writtenName, @Nullable Integer parallelism) {
    this.spec = spec;
    this.writtenName = writtenName;
    this.parallelism = parallelism;
  }

  @Override
  public ChangelogMode getChangelogMode(ChangelogMode requested) {
    if (!requested.containsOnly(RowKind.INSERT)) {
      throw new ValidationException(
          Refusals.changes(spec.name(), "a query that changes its earlier results"));
    }
    return ChangelogMode.insertOnly();
  }

  @Override
  public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
    Sink<RowData> sink = spec.exactlyOnce() ? new ExactlyOnceSink(spec) : new SluiceSink(spec);
    return parallelism == null ? SinkV2Provider.of(sink) : SinkV2Provider.of(sink, parallelism);
  }

  @Override
  public void applyOverwrite(boolean overwrite) {
    if (overwrite) {
      throw new ValidationException(Refusals.overwrite(spec.name()));
    }
  }

  @Override
  public RowLevelDeleteInfo applyRowLevelDelete(@Nullable RowLevelModificationScanContext scan) {
    throw new ValidationException(Refusals.delete(spec.name()));
  }

  @Override
  public RowLevelUpdateInfo applyRowLevelUpdate(
      List<Column> updated, @Nullable RowLevelModificationScanContext scan) {
    throw new ValidationException(Refusals.update(spec.name()));
  }

  /** UNKNOWN is that of tables without a key. */
  @Override
  public Set<Kind> listAlgorithms() {
    return Set.of(Kind.HASH, Kind.UNKNOWN);
  }

  @Override
  public boolean requiresBucketCount() {
    return false;
  }

  @Override
  public void executeTruncation() {
    if (!writtenName.equals(spec.table())) {
      throw new TableException(
          "table `"
              + writtenName
              + "` can't be truncated by that name: TRUNCATE TABLE `"
              + spec.table()
              + "` does it");
    }
    try (SluiceClient client = spec.endpoint().connect()) {
      var unused = client.truncate(spec.name(), TRUNCATE_TIMEOUT);
    } catch (SluiceException e) {
      throw new TableException(
          "table " + spec.name() + " can't be truncated: " + e.getMessage(), e);
    }
  }

  @Override
  public DynamicTableSink copy() {
    return new SluiceTableSink(spec, writtenName, parallelism);
  }

  @Override
  public String asSummaryString() {
    return "Sluice table " + spec.name();
  }
}
