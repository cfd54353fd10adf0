package io.sluice.bench.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.bench.measure.Acks;
import io.sluice.bench.measure.Closing;
import io.sluice.bench.measure.Load;
import io.sluice.bench.measure.MeasuredTable;
import io.sluice.bench.measure.RowProducer;
import io.sluice.bench.measure.RowShape;
import io.sluice.bench.measure.RowTail;
import io.sluice.bench.measure.Tuning;
import io.sluice.client.BucketReader;
import io.sluice.client.ReadBatch;
import io.sluice.client.ReadSpec;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableDescription;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;

/** A table of Sluice. */
final class SluiceTable implements MeasuredTable {

  private static final String READY = "ready";

  /** Under latency, rows that are due at once share a batch up to this. */
  private static final int LATENCY_BATCH_ROWS = 1_000;

  private static final int LATENCY_ROOM_ROWS = 16;

  private final String gateway;
  private final SluiceClient client;
  private final TableDescription table;
  private final Load load;

  SluiceTable(String gateway, SluiceClient client, TableDescription table, Load load) {
    this.gateway = gateway;
    this.client = client;
    this.table = table;
    this.load = load;
  }

  @Override
  public RowProducer producer(Tuning tuning, Acks acks) {
    if (tuning == Tuning.LATENCY) {
      return new SluiceProducer(
          client,
          table,
          new FilledBatches(table, load.shape(), client.allocator(), LATENCY_ROOM_ROWS),
          LATENCY_BATCH_ROWS,
          acks);
    }
    if (load.variant().equals(READY)) {
      return new SluiceProducer(
          client,
          table,
          new ReadyBatches(table, load.shape(), client.allocator()),
          RowShape.ROWS,
          acks);
    }
    int rows = Integer.parseInt(load.variant());
    return new SluiceProducer(
        client,
        table,
        new FilledBatches(table, load.shape(), client.allocator(), rows),
        rows,
        acks);
  }

  @Override
  public RowTail tail(Tuning tuning, List<String> columns) throws Exception {
    ReadSpec spec = ReadSpec.follow(table.name(), 0, new ReadSpec.From.Offset(0));
    boolean all = columns.equals(load.shape().names());
    return new Tail(client.read(all ? spec : spec.withColumns(columns)));
  }

  /** Arrow's own Flight client reads through a relay that counts. */
  @Override
  public double bytesToRead(List<String> columns, long rows) throws Exception {
    ObjectNode ticket =
        new ObjectMapper()
            .createObjectNode()
            .put("database", table.name().database())
            .put("table", table.name().table())
            .put("bucket", 0)
            .put("from", 0)
            .put("to", rows)
            .put("follow", true);
    if (!columns.equals(load.shape().names())) {
      ArrayNode names = ticket.putArray("columns");
      columns.forEach(names::add);
    }
    try (CountingRelay relay = CountingRelay.to(gateway);
        RootAllocator allocator = new RootAllocator()) {
      Location location = Location.forGrpcInsecure("127.0.0.1", relay.port());
      FlightClient flight = FlightClient.builder(allocator, location).build();
      FlightStream stream = flight.getStream(new Ticket(ticket.toString().getBytes(UTF_8)));
      long seen = 0;
      while (seen < rows && stream.next()) {
        seen += stream.getRoot().getRowCount();
      }
      double bytes = relay.bytes();
      Closing.all(stream::close, flight::close);
      if (seen != rows) {
        throw new IllegalStateException(seen + " of " + rows + " rows were read");
      }
      return bytes;
    }
  }

  private record Tail(BucketReader reader) implements RowTail {

    @Override
    public int poll(Duration atMost, LongConsumer ids) throws Exception {
      Optional<ReadBatch> next = reader.poll(atMost);
      if (next.isEmpty()) {
        return 0;
      }
      try (ReadBatch batch = next.get()) {
        BigIntVector id = (BigIntVector) batch.rows().getVector("id");
        int rows = batch.rowCount();
        for (int row = 0; row < rows; row++) {
          ids.accept(id.get(row));
        }
        return rows;
      }
    }

    @Override
    public void close() {
      reader.close();
    }
  }

  @Override
  public void close() throws IOException {
    Closing.all(() -> client.dropTable(table.name(), true, true));
  }
}
