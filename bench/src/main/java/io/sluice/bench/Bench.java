package io.sluice.bench;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableDescription;
import io.sluice.client.TableSpec;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What every benchmark works with.
 *
 * @param server the process under test
 * @param raw BookKeeper's own client on the same bookie
 * @param rounds how often each measurement is made, in turns with what it is compared to
 * @param seconds how long one measurement takes
 * @param scanRows rows of a table that is scanned or compacted
 */
record Bench(ServerProcess server, RawLedgers raw, int rounds, double seconds, int scanRows) {

  private static final AtomicInteger TABLES = new AtomicInteger();
  private static final String DATABASE = "bench";

  /** Makes another table of {@link Rows#SCHEMA}. */
  TableDescription newTable(SluiceClient client, int buckets) throws Exception {
    client.createDatabase(DATABASE, true);
    TableName name = new TableName(DATABASE, "t" + TABLES.incrementAndGet());
    return client.createTable(
        new TableSpec(
            name, Rows.SCHEMA, Map.of("bucket.count", Integer.toString(buckets)), "", false));
  }

  /** Says on the console what is going on. */
  static void say(String what) {
    System.err.println(what);
  }
}
