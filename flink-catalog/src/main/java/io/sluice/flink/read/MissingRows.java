package io.sluice.flink.read;

import io.sluice.catalog.table.TableName;
import io.sluice.client.BucketWatermark;

/** What to say of rows that a query is to read and that are nowhere. */
final class MissingRows {

  /**
   * Returns which rows are missing, and what to do.
   *
   * @param position the offset that is to be read next
   * @param lakeOffset where the lake's rows of the bucket end
   * @param log what the log has of the bucket
   */
  static String of(TableName table, long position, long lakeOffset, BucketWatermark log) {
    return position < log.start()
        ? "offsets [%d, %d) of table %s, bucket %d, are in neither lake nor log: the lake ends at"
                .formatted(position, log.start(), table, log.bucket())
            + " offset %d, and the log begins at %d. These rows are gone, unless the table's operator"
                .formatted(lakeOffset, log.start())
            + " brings the lake back from a backup. To go on without them, start the query without"
            + " its state, with 'scan.startup.mode'='specific-offsets' and"
            + " 'bucket:%d,offset:%d' in 'scan.startup.specific-offsets'"
                .formatted(log.bucket(), log.start())
        : "table %s, bucket %d, ends at offset %d, but the query has read up to %d: rows that it read"
                .formatted(table, log.bucket(), log.watermark(), position)
            + " are lost, and others get their offsets. Tell the table's operator; then start the"
            + " query without its state";
  }

  private MissingRows() {}
}
