package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.SyncPutListener;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that a gateway passes on to the owners of buckets. */
@SuppressWarnings("try") // a stream's close() may be interrupted
@Timeout(120)
class PassedOnTest extends ThreeGateways {

  @Test
  void rowsOfAStreamThatIsOlderThanTheTableDoNotGetIntoIt() throws Exception {
    List<Integer> owners = owners(clients.get(0));
    put(clients.get(0), 0, UUID.randomUUID(), new HashMap<>());
    List<Integer> others = new ArrayList<>();
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      if (owners.get(bucket) != cluster.nodes().get(0).port()) {
        others.add(bucket);
      }
    }
    int refused = 0;
    for (int bucket : others.subList(0, 4)) {
      try (VectorSchemaRoot rows = rows(0, 2)) {
        SyncPutListener listener = new SyncPutListener();
        FlightClient.ClientStreamListener stream =
            clients.get(0).flight().startPut(FlightTestClient.descriptor(table), rows, listener);
        clients.get(0).putNext(stream, "{\"bucket\":%d}".formatted(others.get(8)));
        // Its answer: the stream has found its table by now.
        try (PutResult first = listener.read()) {
          assertThat(first).isNotNull();
        }

        clients.get(1).action("drop-table", named());
        createTable("t", Map.of("bucket.count", Integer.toString(BUCKETS)));
        clients.get(0).putNext(stream, "{\"bucket\":%d}".formatted(bucket));
        stream.completed();
        assertThatThrownBy(() -> FlightTestClient.answers(listener))
            .isInstanceOf(FlightRuntimeException.class);
        refused++;
      }
      for (int any = 0; any < BUCKETS; any++) {
        assertThat(read(clients.get(1), any, "")).as("bucket %d", any).isEmpty();
      }
    }
    assertThat(refused).isEqualTo(4);
  }

  @Test
  void rowsThatNobodyReadsHoldUpNoAppends() throws Exception {
    int bucket = bucketOfAnother();
    try (VectorSchemaRoot rows = wide(10)) {
      for (int i = 0; i < 150; i++) {
        clients.get(0).put(table, rows, "{\"bucket\":%d}".formatted(bucket));
      }
    }
    List<FlightTestClient> readers = new ArrayList<>();
    List<FlightStream> unread = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        FlightTestClient reader = new FlightTestClient(cluster.nodes().get(0).port());
        readers.add(reader);
        FlightStream stream = reader.get(FlightTestClient.ticket(table, ",\"bucket\":" + bucket));
        unread.add(stream);
        assertThat(stream.next()).isTrue();
      }
      try (VectorSchemaRoot rows = wide(10)) {
        for (int i = 0; i < 40; i++) {
          clients.get(0).put(table, rows, "{\"bucket\":%d}".formatted(bucket));
        }
      }
      assertThat(read(clients.get(0), bucket, "")).hasSize(1_900);
    } finally {
      for (FlightStream stream : unread) {
        stream.cancel("enough", null);
        stream.close();
      }
      for (FlightTestClient reader : readers) {
        reader.close();
      }
    }
  }
}
