package io.sluice.bench.peers;

import io.sluice.bench.measure.Column;
import io.sluice.bench.measure.Load;
import io.sluice.bench.measure.MeasuredSystem;
import io.sluice.bench.measure.MeasuredTable;
import io.sluice.bench.measure.MeasuringClient;
import io.sluice.bench.measure.RowShape;
import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Sluice, through its Java client. Variants: {@code N}, batches of that many rows that the producer
 * fills row by row; {@code ready}, batches of {@link RowShape#ROWS} rows that are there already.
 */
final class SluiceSystem implements MeasuredSystem {

  private static final String DATABASE = "bench";

  private final String gateway;
  private final SluiceClient client;
  private final AtomicInteger tables = new AtomicInteger();

  private SluiceSystem(String gateway) throws Exception {
    this.gateway = gateway;
    this.client = SluiceClient.connect(gateway);
    client.createDatabase(DATABASE, true);
  }

  /** The client's process. */
  public static void main(String[] args) throws Exception {
    MeasuringClient.serve(new SluiceSystem(Address.part(args[0], "gateway")));
  }

  @Override
  public MeasuredTable newTable(Load load) throws Exception {
    TableName name = new TableName(DATABASE, "t" + tables.incrementAndGet());
    Map<String, String> options =
        Map.of(
            "bucket.count",
            Integer.toString(load.buckets()),
            // As Fluss always does.
            "log.columns",
            load.shape() == RowShape.TWENTY ? "apart" : "together");
    return new SluiceTable(
        gateway,
        client,
        client.createTable(new TableSpec(name, schema(load.shape()), options, "", false)),
        load);
  }

  private static Schema schema(RowShape shape) {
    List<Types.NestedField> fields = new ArrayList<>();
    for (Column column : shape.columns()) {
      int id = fields.size() + 1;
      fields.add(
          column.optional()
              ? Types.NestedField.optional(id, column.name(), type(column.kind()))
              : Types.NestedField.required(id, column.name(), type(column.kind())));
    }
    return new Schema(fields);
  }

  private static Type type(Column.Kind kind) {
    return switch (kind) {
      case LONG -> Types.LongType.get();
      case TIMESTAMP -> Types.TimestampType.withZone();
      case TEXT -> Types.StringType.get();
      case INT -> Types.IntegerType.get();
      case DOUBLE -> Types.DoubleType.get();
      case DECIMAL -> Types.DecimalType.of(9, 2);
    };
  }

  @Override
  public void close() {
    client.close();
  }
}
