package io.sluice.flink.write;

import java.io.IOException;
import java.lang.reflect.Proxy;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.table.data.RowData;

/** Opens sinks' writers without a job. */
public final class SinkWriters {

  /** Opens one of a table with a bucket key. */
  public static SinkWriter<RowData> open(SinkSpec spec) throws IOException {
    WriterInitContext nothing =
        (WriterInitContext)
            Proxy.newProxyInstance(
                SinkWriters.class.getClassLoader(),
                new Class<?>[] {WriterInitContext.class},
                (proxy, method, arguments) -> null);
    return spec.exactlyOnce()
        ? ExactlyOnceSinkWriter.open(spec, nothing)
        : SluiceSinkWriter.open(spec, nothing);
  }

  private SinkWriters() {}
}
