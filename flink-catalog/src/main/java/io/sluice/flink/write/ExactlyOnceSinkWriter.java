package io.sluice.flink.write;

import io.sluice.client.PreparedTransaction;
import io.sluice.client.SluiceException;
import java.io.IOException;
import java.util.Collection;
import java.util.UUID;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.table.data.RowData;

/** Writes rows into transactions that each checkpoint ends. Used by one thread. */
final class ExactlyOnceSinkWriter implements CommittingSinkWriter<RowData, PreparedTransaction> {

  private final SinkSpec spec;
  private final SluiceSinkWriter<TransactionAppender> rows;

  private ExactlyOnceSinkWriter(SinkSpec spec, SluiceSinkWriter<TransactionAppender> rows) {
    this.spec = spec;
    this.rows = rows;
  }

  /** Opens one with a writer epoch of its own. */
  static ExactlyOnceSinkWriter open(SinkSpec spec, WriterInitContext context) throws IOException {
    return new ExactlyOnceSinkWriter(
        spec,
        SluiceSinkWriter.open(
            spec,
            context,
            (client, table, settings) ->
                new TransactionAppender(
                    client.transactionWriter(table, UUID.randomUUID(), settings))));
  }

  @Override
  public void write(RowData row, Context context) throws IOException {
    rows.write(row, context);
  }

  @Override
  public void flush(boolean endOfInput) throws IOException {
    rows.flush(endOfInput);
  }

  @Override
  public Collection<PreparedTransaction> prepareCommit() throws IOException {
    try {
      return rows.appender().prepare();
    } catch (SluiceException e) {
      throw SluiceSinkWriter.failure(spec, e);
    }
  }

  @Override
  public void close() {
    rows.close();
  }
}
