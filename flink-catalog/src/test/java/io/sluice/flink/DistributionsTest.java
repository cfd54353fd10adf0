package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.catalog.TableDistribution;
import org.junit.jupiter.api.Test;

class DistributionsTest {

  private static final TableName TABLE = new TableName("db", "t");

  @Test
  void clausesAreOptions() {
    assertThat(Distributions.options(TABLE, TableDistribution.ofHash(List.of("k"), 4)))
        .isEqualTo(Map.of("bucket.key", "k", "bucket.count", "4"));
    assertThat(Distributions.options(TABLE, TableDistribution.ofHash(List.of("k"), null)))
        .isEqualTo(Map.of("bucket.key", "k"));
    assertThat(Distributions.options(TABLE, TableDistribution.ofUnknown(List.of("k"), 4)))
        .isEqualTo(Map.of("bucket.key", "k", "bucket.count", "4"));
    assertThat(Distributions.options(TABLE, TableDistribution.ofUnknown(4)))
        .isEqualTo(Map.of("bucket.count", "4"));
  }

  @Test
  void optionsAndAClauseMustAgree() {
    Optional<TableDistribution> clause = Optional.of(TableDistribution.ofHash(List.of("k"), 4));
    assertThat(Distributions.addTo(TABLE, Map.of("bucket.key", "k", "log.retention", "2h"), clause))
        .isEqualTo(Map.of("bucket.key", "k", "bucket.count", "4", "log.retention", "2h"));
    Map<String, String> options = Map.of("bucket.count", "8");
    assertThat(Distributions.addTo(TABLE, options, Optional.empty())).isEqualTo(options);
    assertThatThrownBy(() -> Distributions.addTo(TABLE, options, clause))
        .hasMessageContaining("'bucket.count'='8', but DISTRIBUTED says '4'")
        .hasMessageContaining("EXCLUDING DISTRIBUTION");
  }

  @Test
  void whatBucketsCannotBeIsRefused() {
    assertThatThrownBy(
            () -> Distributions.options(TABLE, TableDistribution.ofRange(List.of("k"), 4)))
        .hasMessageContaining("can't be DISTRIBUTED BY RANGE");
    assertThatThrownBy(
            () -> Distributions.options(TABLE, TableDistribution.ofHash(List.of("a", "b"), 4)))
        .hasMessageContaining("DISTRIBUTED BY a, b: a bucket's key is one column");
  }
}
