package io.sluice.bench.fluss;

import io.sluice.bench.measure.Closing;
import io.sluice.bench.measure.Column;
import io.sluice.bench.measure.Load;
import io.sluice.bench.measure.MeasuredSystem;
import io.sluice.bench.measure.MeasuredTable;
import io.sluice.bench.measure.MeasuringClient;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.fluss.client.Connection;
import org.apache.fluss.client.ConnectionFactory;
import org.apache.fluss.client.admin.Admin;
import org.apache.fluss.config.Configuration;
import org.apache.fluss.metadata.DatabaseDescriptor;
import org.apache.fluss.metadata.LogFormat;
import org.apache.fluss.metadata.Schema;
import org.apache.fluss.metadata.TableDescriptor;
import org.apache.fluss.metadata.TablePath;
import org.apache.fluss.types.DataType;
import org.apache.fluss.types.DataTypes;

/** Fluss, through its Java client: log tables in its Arrow format, not compressed. */
final class FlussSystem implements MeasuredSystem {

  private static final String DATABASE = "bench";

  private final String bootstrap;
  private final Connection connection;
  private final Admin admin;
  private final AtomicInteger tables = new AtomicInteger();

  private FlussSystem(String bootstrap) throws Exception {
    this.bootstrap = bootstrap;
    Configuration settings = new Configuration();
    settings.setString("bootstrap.servers", bootstrap);
    this.connection = ConnectionFactory.createConnection(settings);
    this.admin = connection.getAdmin();
    admin.createDatabase(DATABASE, DatabaseDescriptor.EMPTY, true).get(60, TimeUnit.SECONDS);
  }

  /** The client's process; the argument is what the server said. */
  public static void main(String[] args) throws Exception {
    MeasuringClient.serve(new FlussSystem(args[0].substring("bootstrap=".length())));
  }

  @Override
  public MeasuredTable newTable(Load load) throws Exception {
    TablePath path = TablePath.of(DATABASE, "t" + tables.incrementAndGet());
    Schema.Builder schema = Schema.newBuilder();
    for (Column column : load.shape().columns()) {
      schema.column(column.name(), type(column.kind()).copy(column.optional()));
    }
    TableDescriptor table =
        TableDescriptor.builder()
            .schema(schema.build())
            .distributedBy(load.buckets())
            .logFormat(LogFormat.ARROW)
            .property("table.log.arrow.compression.type", "NONE")
            .build();
    admin.createTable(path, table, false).get(60, TimeUnit.SECONDS);
    return new FlussTable(bootstrap, admin, path, load.shape());
  }

  private static DataType type(Column.Kind kind) {
    return switch (kind) {
      case LONG -> DataTypes.BIGINT();
      case TIMESTAMP -> DataTypes.TIMESTAMP_LTZ(6);
      case TEXT -> DataTypes.STRING();
      case INT -> DataTypes.INT();
      case DOUBLE -> DataTypes.DOUBLE();
      case DECIMAL -> DataTypes.DECIMAL(9, 2);
    };
  }

  @Override
  public void close() throws IOException {
    Closing.all(admin::close, connection::close);
  }
}
