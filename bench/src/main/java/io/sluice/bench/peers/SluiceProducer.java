package io.sluice.bench.peers;

import io.sluice.bench.measure.Acks;
import io.sluice.bench.measure.RowProducer;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableDescription;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Appends batches of rows; with several buckets, one batch after the other goes to the next. */
final class SluiceProducer implements RowProducer {

  /** As many as a writer may have in one bucket. */
  private static final int IN_FLIGHT = 64;

  private final List<TableWriter> writers = new ArrayList<>();
  private final ArrowBatches batches;
  private final int limit;
  private final Acks acks;
  private final long[] ids;
  private int gathered;
  private int next;

  SluiceProducer(
      SluiceClient client, TableDescription table, ArrowBatches batches, int limit, Acks acks) {
    this.batches = batches;
    this.limit = limit;
    this.acks = acks;
    this.ids = new long[limit];
    for (int bucket = 0; bucket < table.bucketCount(); bucket++) {
      writers.add(
          client.writer(
              table, WriterSettings.create().withBucket(bucket).withMaxInFlightBatches(IN_FLIGHT)));
    }
  }

  @Override
  public void send(int row, long id) throws Exception {
    batches.add(row, id);
    ids[gathered++] = id;
    if (gathered == limit) {
      append();
    }
  }

  @Override
  public void caughtUp() throws Exception {
    if (gathered > 0) {
      append();
    }
  }

  private void append() throws Exception {
    int count = gathered;
    long[] sent = Arrays.copyOf(ids, count);
    gathered = 0;
    try (VectorSchemaRoot batch = batches.take(count)) {
      var unused =
          writers
              .get(next++ % writers.size())
              .append(batch)
              .whenComplete(
                  (where, error) -> {
                    if (error == null) {
                      acks.acked(sent, count);
                    } else {
                      acks.failed(error);
                    }
                  });
    }
  }

  @Override
  public void flush() throws Exception {
    caughtUp();
    for (TableWriter writer : writers) {
      writer.flush();
    }
  }

  @Override
  public void close() {
    writers.forEach(TableWriter::close);
    batches.close();
  }
}
