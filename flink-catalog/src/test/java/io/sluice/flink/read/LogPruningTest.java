package io.sluice.flink.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.range.OffsetRange;
import io.sluice.catalog.table.SystemColumns;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;

class LogPruningTest {

  private static final Schema SCHEMA =
      SystemColumns.addTo(new Schema(NestedField.optional(1, "n", Types.IntegerType.get())));
  private static final OffsetRange RANGE = new OffsetRange(100, 200);

  @Test
  void rangesAreCutToTheOffsetsThatMayBeOfInterest() {
    assertThat(prune(Expressions.greaterThanOrEqual("_offset", 150L)))
        .isEqualTo(new OffsetRange(150, 200));
    assertThat(prune(Expressions.lessThan("_offset", 120L))).isEqualTo(new OffsetRange(100, 120));
    assertThat(prune(Expressions.equal("_offset", 150L))).isEqualTo(new OffsetRange(150, 151));
    assertThat(prune(Expressions.in("_offset", 7L, 110L, 130L)))
        .isEqualTo(new OffsetRange(110, 131));
    assertThat(
            prune(Expressions.greaterThan("_offset", 110L), Expressions.lessThan("_offset", 130L)))
        .isEqualTo(new OffsetRange(111, 130));
  }

  @Test
  void bucketsThatAreNotOfInterestAreLeftOut() {
    assertThat(prune(Expressions.equal("_bucket", 2)).isEmpty()).isTrue();
    assertThat(prune(Expressions.equal("_bucket", 1))).isEqualTo(RANGE);
    assertThat(prune(Expressions.isNull("_offset")).isEmpty()).isTrue();
    assertThat(prune(Expressions.lessThan("_offset", 100L)).isEmpty()).isTrue();
  }

  @Test
  void whatSaysNothingOfOffsetsLeavesAll() {
    assertThat(prune()).isEqualTo(RANGE);
    assertThat(prune(Expressions.equal("n", 3))).isEqualTo(RANGE);
    assertThat(prune(Expressions.equal("gone", 3))).isEqualTo(RANGE);
    assertThat(prune(Expressions.or(Expressions.equal("n", 3), Expressions.equal("_offset", 150L))))
        .isEqualTo(RANGE);
    assertThat(prune(Expressions.greaterThan("_timestamp", 0L))).isEqualTo(RANGE);
  }

  private static OffsetRange prune(Expression... filters) {
    return new LogPruning(SCHEMA, List.of(filters)).prune(1, RANGE);
  }
}
