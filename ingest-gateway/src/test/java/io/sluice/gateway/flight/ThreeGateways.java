package io.sluice.gateway.flight;

import static org.apache.iceberg.types.Types.NestedField.optional;
import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.gateway.ClusterFixture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.apache.iceberg.types.Types.StringType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A table of many buckets in a cluster of three gateways, and a client of each. */
@SuppressWarnings("try") // a stream's close() may be interrupted
abstract class ThreeGateways {

  static final int BUCKETS = 32;
  private static final Schema COLUMNS =
      new Schema(required(1, "id", LongType.get()), optional(2, "name", StringType.get()));

  @TempDir Path folder;
  ClusterFixture cluster;
  TableName table;
  final List<FlightTestClient> clients = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    cluster = new ClusterFixture(folder, 3);
    table = createTable("t", Map.of("bucket.count", Integer.toString(BUCKETS)));
    cluster.nodes().forEach(node -> clients.add(new FlightTestClient(node.port())));
  }

  @AfterEach
  void stop() throws Exception {
    for (FlightTestClient client : clients) {
      client.close();
    }
    cluster.close();
    assertThat(cluster.heldBuffers()).isZero();
  }

  TableName createTable(String name, Map<String, String> options) throws Exception {
    return cluster.createTable(name, COLUMNS, options);
  }

  /** Appends the writer's next two rows to a bucket; tried again while the bucket moves. */
  void put(FlightTestClient client, int bucket, UUID writer, Map<Integer, Integer> sent)
      throws Exception {
    int sequence = sent.merge(bucket, 1, Integer::sum) - 1;
    String metadata =
        "{\"bucket\":%d,\"writerId\":\"%s\",\"sequence\":%d}".formatted(bucket, writer, sequence);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try (VectorSchemaRoot rows = rows(2L * sequence, 2)) {
        JsonNode result = client.put(table, rows, metadata).get(0).get("results").get(0);
        assertThat(result.get("offset").asInt()).isEqualTo(2 * sequence);
        return;
      } catch (FlightRuntimeException e) {
        boolean moving =
            String.valueOf(e.getMessage()).matches("(?s).*\\[(MOVED|UNAVAILABLE|FENCED)].*");
        if (!moving || System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  int bucketOfAnother() throws Exception {
    List<Integer> owners = owners(clients.get(0));
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      if (owners.get(bucket) != cluster.nodes().get(0).port()) {
        return bucket;
      }
    }
    throw new IllegalStateException("one gateway owns all of " + owners);
  }

  List<Integer> owners(FlightTestClient client) {
    FlightInfo info = client.flight().getInfo(FlightTestClient.descriptor(table));
    return info.getEndpoints().stream().map(ThreeGateways::port).toList();
  }

  int owner(FlightTestClient client, int bucket) {
    return owners(client).get(bucket);
  }

  private static int port(FlightEndpoint endpoint) {
    return endpoint.getLocations().get(0).getUri().getPort();
  }

  List<Long> read(FlightTestClient client, int bucket, String rest) throws Exception {
    List<Long> ids = new ArrayList<>();
    String ticket = FlightTestClient.ticket(table, ",\"bucket\":" + bucket + rest);
    try (FlightStream stream = client.get(ticket)) {
      while (stream.next()) {
        BigIntVector column = (BigIntVector) stream.getRoot().getVector("id");
        for (int row = 0; row < column.getValueCount(); row++) {
          ids.add(column.get(row));
        }
      }
    }
    return ids;
  }

  String named() {
    return "{\"database\":\"%s\",\"table\":\"%s\"}".formatted(table.database(), table.table());
  }

  VectorSchemaRoot rows(long first, int count) {
    return filled(first, count, 1);
  }

  /** Returns rows of about 10 KiB. */
  VectorSchemaRoot wide(int count) {
    return filled(0, count, 10_000);
  }

  private VectorSchemaRoot filled(long first, int count, int width) {
    VectorSchemaRoot root =
        VectorSchemaRoot.create(ArrowSchemas.of(COLUMNS), clients.get(0).allocator());
    BigIntVector ids = (BigIntVector) root.getVector("id");
    VarCharVector names = (VarCharVector) root.getVector("name");
    for (int row = 0; row < count; row++) {
      ids.setSafe(row, first + row);
      names.setSafe(row, "x".repeat(width).getBytes(StandardCharsets.UTF_8));
    }
    root.setRowCount(count);
    return root;
  }
}
