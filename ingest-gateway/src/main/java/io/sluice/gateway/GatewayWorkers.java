package io.sluice.gateway;

import io.sluice.gateway.tables.Workers;

/**
 * A gateway's threads for what blocks, apart by what it waits for: a lake that doesn't answer holds
 * up who asks for the lake, and no rows; nor does the metadata store, for open logs.
 *
 * @param rows for large batches: they never wait, and take a while
 * @param tables for the metadata store
 * @param lake for all that reads or changes the lake, but for what engines ask
 * @param iceberg for what engines ask of it: the status of many tables mustn't hold them up
 */
record GatewayWorkers(Workers rows, Workers tables, Workers lake, Workers iceberg) {

  /** Starts no thread yet; there are at most {@code count} of each. */
  static GatewayWorkers of(int count) {
    return new GatewayWorkers(
        new Workers("rows", count),
        new Workers("tables", count),
        new Workers("lake", count),
        new Workers("iceberg", count));
  }

  /** Ends the threads once they are idle; what waits is still done. */
  void close() {
    rows.close();
    tables.close();
    lake.close();
    iceberg.close();
  }
}
