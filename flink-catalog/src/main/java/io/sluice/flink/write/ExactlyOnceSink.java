package io.sluice.flink.write;

import io.sluice.client.PreparedTransaction;
import io.sluice.flink.line.LineSink;
import java.io.IOException;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessageTypeInfo;
import org.apache.flink.streaming.api.connector.sink2.SupportsPreCommitTopology;
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
 *
 * <p>Commits are a task of their own: in the writer's, where Flink would chain them to, rows would
 * wait for each.
 */
final class ExactlyOnceSink
    implements LineSink<RowData>,
        SupportsCommitter<PreparedTransaction>,
        SupportsPreWriteTopology<RowData>,
        SupportsPreCommitTopology<PreparedTransaction, PreparedTransaction> {

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
  public DataStream<CommittableMessage<PreparedTransaction>> addPreCommitTopology(
      DataStream<CommittableMessage<PreparedTransaction>> prepared) {
    return prepared
        .map(new Unchanged())
        .returns(CommittableMessageTypeInfo.of(TransactionCodec::new))
        .name("Prepared")
        .startNewChain();
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

  @Override
  public SimpleVersionedSerializer<PreparedTransaction> getWriteResultSerializer() {
    return new TransactionCodec();
  }

  /** Begins the task: a committer can't say that it isn't to be chained. */
  private static final class Unchanged
      implements MapFunction<
          CommittableMessage<PreparedTransaction>, CommittableMessage<PreparedTransaction>> {
    private static final long serialVersionUID = 1L;

    @Override
    public CommittableMessage<PreparedTransaction> map(
        CommittableMessage<PreparedTransaction> message) {
      return message;
    }
  }
}
