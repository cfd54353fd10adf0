package io.sluice.gateway.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.GatewayFixture;
import io.sluice.gateway.GatewaySettings;
import io.sluice.gateway.auth.AuthSettings;
import io.sluice.gateway.fuzz.ValidStreams.Valid;
import io.sluice.gateway.fuzz.WireClient.Answer;
import io.sluice.gateway.gate.GateLimits;
import io.sluice.gateway.tls.TlsSettings;
import io.sluice.log.append.LogSettings;
import io.sluice.testing.Seeded;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever comes in over Flight or HTTP, a gateway answers it by a refusal that isn't its own
 * failure, or with rows that it reads back; afterwards it holds nothing. A few seconds by default;
 * {@code -Dtest.seconds=N} goes on for longer, over other calls.
 */
@SuppressWarnings("try") // close() may be interrupted
class GatewayFuzzTest {

  private static final Duration USUAL = Duration.ofSeconds(5);
  private static final Duration MOST = Duration.ofSeconds(60);
  private static final int CHANGES = 20;
  private static final int MIB = 1 << 20;
  private static final List<Integer> REFUSED_OR_TAKEN = List.of(200, 400, 404, 413, 415, 429, 501);
  // Small, so that a claim of millions of rows costs no time here.
  private static final GatewaySettings SETTINGS =
      new GatewaySettings(
          "127.0.0.1",
          0,
          "",
          1,
          2,
          MIB,
          MIB,
          MIB,
          64 * MIB,
          Duration.ofSeconds(1),
          Duration.ofMillis(100),
          Duration.ofSeconds(1),
          Duration.ofMinutes(1),
          Duration.ofHours(1),
          AuthSettings.DEFAULT,
          TlsSettings.DEFAULT,
          new GateLimits(1 << 12, MIB),
          LogSettings.DEFAULT);

  private int tables;

  @Test
  void callsAreRefusedOrReadable(@TempDir Path folder) throws Exception {
    GatewayFixture gateway = new GatewayFixture(folder, SETTINGS);
    try (WireClient client = new WireClient(gateway.port())) {
      long seeds = Seeded.forAWhile(USUAL, MOST, random -> checkNewTable(gateway, client, random));
      System.out.println(seeds + " tables with " + CHANGES + " changed calls each");
    } finally {
      gateway.close();
    }
    assertThat(gateway.heldBuffers()).isZero();
  }

  private void checkNewTable(GatewayFixture gateway, WireClient client, Random random)
      throws Exception {
    try (BufferAllocator allocator = new RootAllocator()) {
      ValidStreams streams = new ValidStreams(random, allocator);
      Valid valid = streams.next();
      tables++;
      TableCalls calls =
          new TableCalls(
              gateway.createTable("t" + tables, valid.columns(), valid.options()), client, random);
      int rows = valid.values().get(0).size();
      assertThat(calls.put(valid.messages())).isEqualTo(new Answer(rows, 200, ""));
      assertThat(calls.post(valid.messages()).rows()).isEqualTo(rows);
      List<String> lines = calls.rows();
      assertThat(lines).hasSize(2 * rows);
      assertThat(calls.postLines(lines).rows()).isEqualTo(2L * rows);
      long acknowledged = 4L * rows;
      List<WireMessage> others = new ArrayList<>(streams.next().messages());
      others.addAll(streams.streamFor(valid.columns()));
      HostileStreams hostile = new HostileStreams(random, valid.messages(), others);
      for (int i = 0; i < CHANGES; i++) {
        Answer answer = calls.changed(hostile, lines);
        assertThat(answer.status()).as("change %d: %s", i, answer).isIn(REFUSED_OR_TAKEN);
        acknowledged += answer.rows();
      }
      assertThat(calls.rows()).hasSize((int) acknowledged);
      client.awaitNothingHeld();
    }
  }
}
