package io.sluice.flink.write;

import io.sluice.flink.line.LineSink;
import java.io.IOException;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.streaming.api.connector.sink2.SupportsPreWriteTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.table.data.RowData;

/**
 * Appends rows, at least once: all that came before a checkpoint is durable when it completes. A
 * broken connection doubles nothing; a restart of the job appends anew what came after its
 * checkpoint.
 */
final class SluiceSink implements LineSink<RowData>, SupportsPreWriteTopology<RowData> {

  private static final long serialVersionUID = 1L;

  private final SinkSpec spec;

  SluiceSink(SinkSpec spec) {
    this.spec = spec;
  }

  @Override
  public DataStream<RowData> addPreWriteTopology(DataStream<RowData> rows) {
    return shuffled(rows, spec);
  }

  /** Returns the stream by whose subtasks a sink's rows are written. */
  static DataStream<RowData> shuffled(DataStream<RowData> rows, SinkSpec spec) {
    return spec.shuffle() == null ? rows : rows.partitionCustom(spec.shuffle(), row -> row);
  }

  @Override
  public SinkWriter<RowData> createWriter(WriterInitContext context) throws IOException {
    return SluiceSinkWriter.open(spec, context);
  }
}
