package io.sluice.flink.write;

import io.sluice.client.PreparedTransaction;
import io.sluice.flink.line.LineSink;
import java.io.IOException;
import java.util.Collection;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPreCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;

/** The sink, of texts that are rows of one column: Flink's suite compares what it writes. */
public final class TextSink {

  /** Returns the sink that SQL would have. */
  public static Sink<String> of(SinkSpec spec) {
    return spec.exactlyOnce()
        ? new ExactlyOnce(new ExactlyOnceSink(spec))
        : new AtLeastOnce(new SluiceSink(spec));
  }

  private record AtLeastOnce(Sink<RowData> rows) implements LineSink<String> {
    @Override
    public SinkWriter<String> createWriter(WriterInitContext context) throws IOException {
      return new TextWriter(rows.createWriter(context));
    }
  }

  private record ExactlyOnce(ExactlyOnceSink rows)
      implements LineSink<String>,
          SupportsCommitter<PreparedTransaction>,
          SupportsPreCommitTopology<PreparedTransaction, PreparedTransaction> {
    @Override
    public CommittingSinkWriter<String, PreparedTransaction> createWriter(WriterInitContext context)
        throws IOException {
      return new CommittingTextWriter(rows.createWriter(context));
    }

    @Override
    public Committer<PreparedTransaction> createCommitter(CommitterInitContext context) {
      return rows.createCommitter(context);
    }

    @Override
    public SimpleVersionedSerializer<PreparedTransaction> getCommittableSerializer() {
      return rows.getCommittableSerializer();
    }

    @Override
    public DataStream<CommittableMessage<PreparedTransaction>> addPreCommitTopology(
        DataStream<CommittableMessage<PreparedTransaction>> prepared) {
      return rows.addPreCommitTopology(prepared);
    }

    @Override
    public SimpleVersionedSerializer<PreparedTransaction> getWriteResultSerializer() {
      return rows.getWriteResultSerializer();
    }
  }

  private record TextWriter(SinkWriter<RowData> rows) implements SinkWriter<String> {
    @Override
    public void write(String text, Context context) throws IOException, InterruptedException {
      rows.write(row(text), context);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
      rows.flush(endOfInput);
    }

    @Override
    public void close() {
      TextSink.close(rows);
    }
  }

  private record CommittingTextWriter(CommittingSinkWriter<RowData, PreparedTransaction> rows)
      implements CommittingSinkWriter<String, PreparedTransaction> {
    @Override
    public void write(String text, Context context) throws IOException, InterruptedException {
      rows.write(row(text), context);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
      rows.flush(endOfInput);
    }

    @Override
    public Collection<PreparedTransaction> prepareCommit()
        throws IOException, InterruptedException {
      return rows.prepareCommit();
    }

    @Override
    public void close() {
      TextSink.close(rows);
    }
  }

  private static RowData row(String text) {
    return GenericRowData.of(StringData.fromString(text));
  }

  private static void close(AutoCloseable writer) {
    try {
      writer.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private TextSink() {}
}
