package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PutStreamTest {

  @Test
  void aSignOfLifeIsNoAnswer() throws Exception {
    TableDescription table = TableWriterTest.table(1, List.of());
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    try (FakeGateway gateway = new FakeGateway(table, new Random(0), 0);
        BufferAllocator allocator = new RootAllocator();
        Connections connections = new Connections(allocator);
        Connections.Lease lease = connections.lease(Endpoint.of(gateway.endpoint()));
        VectorSchemaRoot rows = VectorSchemaRoot.create(table.arrowSchema(), allocator)) {
      gateway.giveLifeSigns();
      ArrowValues.fill(rows, List.of(Map.of(FakeGateway.COLUMN, 1L)));
      PendingBatch batch =
          new PendingBatch(
              0,
              new BatchNumbers.BatchNumber(OptionalLong.empty(), 0),
              new VectorUnloader(rows).getRecordBatch(),
              1,
              new CompletableFuture<>());
      try (PutStream stream =
          PutStream.open(
              lease.connection(),
              table.name(),
              rows.getSchema(),
              Duration.ofSeconds(30),
              new Told(told))) {
        assertThat(stream.awaitReady(() -> false)).isTrue();
        stream.send(UUID.randomUUID(), batch);
        assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo("alive");
        assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo("durable");
        assertThat(stream.failure()).isNull();
      } finally {
        batch.release();
      }
    }
  }

  private record Told(BlockingQueue<String> queue) implements PutStream.Answered {
    @Override
    public void alive(PutStream stream) {
      queue.add("alive");
    }

    @Override
    public void durable(PutStream stream, List<Appended> results) {
      queue.add("durable");
    }

    @Override
    public void failed(PutStream stream) {
      queue.add("failed");
    }
  }
}
