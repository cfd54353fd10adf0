package io.sluice.catalog.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableOptions.LogCompression;
import io.sluice.catalog.table.TableOptions.UnknownColumns;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableOptionsTest {

  @Test
  void theDefaultsAreThese() {
    assertThat(TableOptions.DEFAULT.toMap())
        .containsExactly(
            Map.entry("bucket.count", "1"),
            Map.entry("segment.bytes", "256MiB"),
            Map.entry("segment.max-age", "1m"),
            Map.entry("log.retention", "1h"),
            Map.entry("writer.expiry", "1d"),
            Map.entry("transaction.timeout", "1d"),
            Map.entry("transaction.retention", "7d"),
            Map.entry("unknown.columns", "reject"),
            Map.entry("invalid.rows", "reject"),
            Map.entry("lake.snapshot-retention", "1d"),
            Map.entry("format-version", "2"));
  }

  @Test
  void optionsAreParsedAndWrittenBack() {
    Map<String, String> given =
        Map.of(
            "bucket.count", "8",
            "bucket.key", "carrier",
            "segment.bytes", "1048576",
            "segment.max-age", "1500ms",
            "log.retention", "0s",
            "log.compression", "zstd",
            "unknown.columns", "ignore",
            "invalid.rows", "dead-letter");
    TableOptions options = TableOptions.parse(given);
    assertThat(options.quota().isNone()).isTrue();
    assertThat(options.bucketCount()).isEqualTo(8);
    assertThat(options.bucketKey()).containsExactly("carrier");
    assertThat(options.segmentBytes()).isEqualTo(1 << 20);
    assertThat(options.segmentMaxAge()).isEqualTo(Duration.ofMillis(1_500));
    assertThat(options.logRetention()).isZero();
    assertThat(options.logCompression()).isEqualTo(LogCompression.ZSTD);
    assertThat(options.unknownColumns()).isEqualTo(UnknownColumns.IGNORE);
    assertThat(TableOptions.parse(options.toMap())).isEqualTo(options);
  }

  @Test
  void quotasAreWrittenBackInTheirUnits() {
    Map<String, String> given =
        Map.of("quota.bytes-per-second", "2048KiB", "quota.rows-per-second", "500");
    TableOptions options = TableOptions.parse(given);
    assertThat(options.quota()).isEqualTo(new Quota(2 << 20, 500));
    assertThat(options.toMap())
        .containsEntry("quota.bytes-per-second", "2MiB")
        .containsEntry("quota.rows-per-second", "500");
    assertThat(TableOptions.parse(options.toMap())).isEqualTo(options);
  }

  @Test
  void rowsStayInTheLakeForEverUnlessItIsSaidHowLong() {
    assertThat(TableOptions.DEFAULT.lakeRetention()).isEmpty();
    TableOptions options = TableOptions.parse(Map.of("lake.retention", "90d"));
    assertThat(options.lakeRetention()).contains(Duration.ofDays(90));
    assertThat(options.toMap()).containsEntry("lake.retention", "90d");
    assertThat(TableOptions.DEFAULT.lakeReadFreshness()).isEmpty();
    TableOptions fresh = TableOptions.parse(Map.of("lake.read-freshness", "0s"));
    assertThat(fresh.lakeReadFreshness()).contains(Duration.ZERO);
    assertThat(fresh.toMap()).containsEntry("lake.read-freshness", "0s");
    assertThat(TableOptions.parse(options.toMap())).isEqualTo(options);
  }

  @Test
  void whatAnEngineKeepsIsCarriedAsItIs() {
    Map<String, String> given =
        Map.of("flink.columns", " [{}]\n", "flink.scan.x", "", "flink.y", "1");
    TableOptions options = TableOptions.parse(given);
    assertThat(options.engine().values())
        .containsExactly(Map.entry("flink.columns", " [{}]\n"), Map.entry("flink.y", "1"));
    assertThat(options.toMap()).containsEntry("flink.columns", " [{}]\n");
    assertThat(TableOptions.parse(options.toMap())).isEqualTo(options);
    TableOptions changed =
        new OptionChanges(Map.of("flink.z", "2"), Set.of("flink.y", "flink.none")).applyTo(options);
    assertThat(changed.engine().values().keySet()).containsExactly("flink.columns", "flink.z");
  }

  @Test
  void whatAnEngineKeepsIsBounded() {
    String most = "\u00e4".repeat((EngineOptions.MOST_BYTES - "flink.x".length()) / 2);
    assertThat(TableOptions.parse(Map.of("flink.x", most)).engine().values()).hasSize(1);
    assertThatThrownBy(() -> TableOptions.parse(Map.of("flink.x", most + "aa")))
        .hasMessage(
            "options that begin with 'flink.' take 65537 bytes; a table holds 65536 of them");
    assertThatThrownBy(() -> TableOptions.parse(Map.of("flink.", "a")))
        .hasMessageContaining("must have a name behind 'flink.'");
  }

  @Test
  void anUnknownOptionIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> TableOptions.parse(Map.of("bucket.cuont", "1")))
        .hasMessageStartingWith(
            "unknown option 'bucket.cuont'; the options are bucket.count, bucket.key, ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bucket.count|x|option 'bucket.count' can't be 'x'; valid: 1 to 1024
          bucket.count|0|bucket.count must be between 1 and 1024: 0
          bucket.count|1025|bucket.count must be between 1 and 1024: 1025
          bucket.key|a,b|bucket.key takes one column for now, not 2: [a, b]
          segment.bytes|5|segment.bytes must be between 1048576 and 8589934592: 5
          segment.bytes|9e9|option 'segment.bytes' can't be '9e9'; valid: 1MiB to 8GiB
          segment.max-age|60|option 'segment.max-age' can't be '60'; valid: 1s to 1d
          segment.max-age|2d|segment.max-age must be between 1s and 1d: 2d
          log.compression|gzip|option 'log.compression' can't be 'gzip'; valid: none, lz4, zstd
          unknown.columns|drop|option 'unknown.columns' can't be 'drop'; valid: reject, ignore
          invalid.rows|dead_letter|option 'invalid.rows' can't be 'dead_letter'; valid: reject, dead-letter
          quota.rows-per-second|0|option 'quota.rows-per-second' can't be '0'; valid: 1 or more (leave it out for no quota)
          quota.bytes-per-second|fast|option 'quota.bytes-per-second' can't be 'fast'; valid: 1B or more
          lake.retention|1m|lake.retention must be between 1h and
          lake.retention|long|option 'lake.retention' can't be 'long'; valid: 1h or more
          format-version|4|format-version must be between 2 and 3: 4
          lake.partitioning|week(at)|option 'lake.partitioning' can't be 'week(at)'
          """)
  void anInvalidValueIsRefusedWithTheValidOnes(String key, String value, String message) {
    assertThatThrownBy(() -> TableOptions.parse(Map.of(key, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void everyOptionIsDocumentedWithADefaultThatParses() {
    assertThat(TableOptions.docs())
        .allSatisfy(
            doc -> {
              assertThat(doc.text()).isNotBlank().endsWith(".");
              assertThat(doc.range()).isNotBlank();
              assertThat(TableOptions.parse(Map.of(doc.key(), doc.defaultValue())))
                  .isEqualTo(TableOptions.DEFAULT);
            });
  }
}
