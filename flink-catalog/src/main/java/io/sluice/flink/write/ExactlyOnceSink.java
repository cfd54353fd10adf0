package io.sluice.flink.write;

import io.sluice.client.PreparedTransaction;
import io.sluice.flink.line.LineSink;
import java.io.IOException;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.SupportsPreWriteTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.table.data.RowData;

/**
 * Appends rows exactly once: those that come between two checkpoints are transactions, one for each
 * bucket and subtask, which are committed when the checkpoint that has their names is complete.
 *
 * <p>A writer has no state. It draws a new epoch at each start, so that what an earlier one wrote
 * after the checkpoint is never committed, and expires. What a checkpoint has is the names of
 * transactions; they are the same in all versions, and may be restored with any parallelism.
 */
final class ExactlyOnceSink
    implements LineSink<RowData>,
        SupportsCommitter<PreparedTransaction>,
        SupportsPreWriteTopology<RowData> {

  private static final long serialVersionUID = 1L;

  private final SinkSpec spec;

  ExactlyOnceSink(SinkSpec spec) {
    this.spec = spec;
  }

  @Override
  public DataStream<RowData> addPreWriteTopology(DataStream<RowData> rows) {
    Checkpoints.require(rows, spec);
    return SluiceSink.shuffled(rows, spec);
  }

  @Override
  public CommittingSinkWriter<RowData, PreparedTransaction> createWriter(WriterInitContext context)
      throws IOException {
    return ExactlyOnceSinkWriter.open(spec, context);
  }

  @Override
  public Committer<PreparedTransaction> createCommitter(CommitterInitContext context) {
    return new TransactionCommitter(spec);
  }

  @Override
  public SimpleVersionedSerializer<PreparedTransaction> getCommittableSerializer() {
    return new TransactionCodec();
  }
}
