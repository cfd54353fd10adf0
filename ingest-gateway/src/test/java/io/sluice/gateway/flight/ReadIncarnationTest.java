package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Ticket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A table that is dropped and made anew, and reads that go on with the offsets of the one before.
 */
@SuppressWarnings("try") // a stream's close() may be interrupted
@Timeout(120)
class ReadIncarnationTest extends ThreeGateways {

  private static final int SOME = 6;
  private static final int SECONDS = 30;

  @Test
  void offsetsOfATableMeanNothingInItsNamesake() throws Exception {
    String before = incarnation();
    fill(1);
    for (int bucket = 0; bucket < SOME; bucket++) {
      assertThat(count(clients.get(bucket % 3), bucket, before)).isEqualTo(2);
    }

    clients.get(0).action("drop-table", named());
    createTable("t", Map.of("bucket.count", Integer.toString(BUCKETS)));
    String after = incarnation();
    assertThat(after).isNotEqualTo(before);
    fill(2);

    for (int bucket = 0; bucket < SOME; bucket++) {
      FlightTestClient client = clients.get(bucket % 3);
      int one = bucket;
      assertThatThrownBy(() -> count(client, one, before))
          .isInstanceOf(FlightRuntimeException.class)
          .hasMessageContaining("[NOT_FOUND]")
          .hasMessageContaining("was dropped and made anew");
      assertThat(count(client, bucket, after)).isEqualTo(4);
    }
  }

  private void fill(int twos) throws Exception {
    UUID writer = UUID.randomUUID();
    Map<Integer, Integer> sent = new HashMap<>();
    for (int i = 0; i < twos * SOME; i++) {
      put(clients.get(0), i % SOME, writer, sent);
    }
  }

  private String incarnation() throws Exception {
    return clients.get(0).action("describe-table", named()).get("incarnation").asText();
  }

  /** Reads a bucket of one incarnation; again while it moves, or gateways know different ones. */
  private int count(FlightTestClient client, int bucket, String incarnation) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (true) {
      try {
        return countOnce(client, bucket, incarnation);
      } catch (FlightRuntimeException e) {
        boolean moving =
            String.valueOf(e.getMessage()).matches("(?s).*\\[(MOVED|UNAVAILABLE|FENCED)].*");
        if (!moving || System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  private int countOnce(FlightTestClient client, int bucket, String incarnation) throws Exception {
    FlightCallHeaders headers = new FlightCallHeaders();
    headers.insert("sluice-incarnation", incarnation);
    byte[] ticket =
        FlightTestClient.ticket(table, ",\"bucket\":" + bucket).getBytes(StandardCharsets.UTF_8);
    int count = 0;
    try (FlightStream stream =
        client.flight().getStream(new Ticket(ticket), new HeaderCallOption(headers))) {
      while (stream.next()) {
        count += stream.getRoot().getRowCount();
      }
    }
    return count;
  }
}
