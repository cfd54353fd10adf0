package io.sluice.flink.write;

import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import java.time.Duration;
import java.util.Set;
import org.apache.flink.table.api.TableException;
import org.apache.flink.table.catalog.TableDistribution.Kind;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.connector.sink.abilities.SupportsBucketing;
import org.apache.flink.table.connector.sink.abilities.SupportsTruncate;

/** A table that a query inserts into, or a statement truncates. */
public final class SluiceTableSink
    implements DynamicTableSink, SupportsBucketing, SupportsTruncate {

  /** How long TRUNCATE TABLE waits for the lake to have all rows. */
  private static final Duration TRUNCATE_TIMEOUT = Duration.ofMinutes(10);

  private final SinkSpec spec;
  private final String writtenName;

  /**
   * An INSERT, or a TRUNCATE.
   *
   * @param writtenName how the statement names the table: it may have a suffix
   */
  public SluiceTableSink(SinkSpec spec, String writtenName) {
    this.spec = spec;
    this.writtenName = writtenName;
  }

  @Override
  public ChangelogMode getChangelogMode(ChangelogMode requested) {
    return ChangelogMode.insertOnly();
  }

  @Override
  public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
    return SinkV2Provider.of(new SluiceSink(spec));
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
    return new SluiceTableSink(spec, writtenName);
  }

  @Override
  public String asSummaryString() {
    return "Sluice table " + spec.name();
  }
}
