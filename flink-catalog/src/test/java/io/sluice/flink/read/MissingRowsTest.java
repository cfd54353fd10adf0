package io.sluice.flink.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.client.BucketWatermark;
import org.junit.jupiter.api.Test;

class MissingRowsTest {

  private static final TableName TABLE = new TableName("shop", "sales");
  private static final BucketWatermark LOG = new BucketWatermark(3, 100, 150);

  @Test
  void aGapIsNamedAndHowToGoOnBehindIt() {
    assertThat(MissingRows.of(TABLE, 60, 50, LOG))
        .startsWith("offsets [60, 100) of table shop.sales, bucket 3, are in neither lake nor log")
        .contains("the lake ends at offset 50, and the log begins at 100")
        .contains("'bucket:3,offset:100'");
  }

  @Test
  void aLogThatEndsBeforeWhatWasReadHasLostRows() {
    assertThat(MissingRows.of(TABLE, 151, 50, LOG))
        .startsWith(
            "table shop.sales, bucket 3, ends at offset 150, but the query has read up to 151")
        .contains("start the query without its state");
  }
}
