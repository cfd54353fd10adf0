package io.sluice.flink.write;

import io.sluice.catalog.table.TableName;
import io.sluice.flink.Endpoint;
import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.table.types.logical.RowType;

/**
 * Where an INSERT goes.
 *
 * @param endpoint where
 * @param database of the table
 * @param table its name
 * @param rowType its columns, by name
 * @param linger how long a row may wait for others
 */
public record SinkSpec(
    Endpoint endpoint, String database, String table, RowType rowType, Duration linger)
    implements Serializable {

  public SinkSpec {
    if (linger.isNegative()) {
      throw new IllegalArgumentException("sink.linger must be >= 0: " + linger);
    }
  }

  /** Returns the INSERT into a table. */
  public static SinkSpec of(Endpoint endpoint, TableName name, RowType type, Duration linger) {
    return new SinkSpec(endpoint, name.database(), name.table(), type, linger);
  }

  /** Returns the table's name. */
  public TableName name() {
    return new TableName(database, table);
  }
}
