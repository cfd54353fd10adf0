package io.sluice.gateway.http;

import static io.sluice.gateway.http.GatewayFixture.ROWS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FollowRoutesTest {

  private GatewayFixture gateway;

  @BeforeEach
  void start(@TempDir Path folder) {
    gateway = new GatewayFixture(folder);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void aFollowerGetsOldRowsAndThenEachNewOneAtOnce() throws Exception {
    gateway.createOrders("{}");
    gateway.post("{\"id\":0}");

    try (BufferedReader follower = follow("?follow=true", "Accept", "application/x-ndjson")) {
      assertThat(follower.readLine()).startsWith("{\"id\":0,");
      for (int i = 1; i < 5; i++) {
        gateway.post("{\"id\":" + i + "}");
        assertThat(follower.readLine()).startsWith("{\"id\":" + i + ",");
      }
    }
  }

  @Test
  void aLimitEndsAFollower() throws Exception {
    gateway.createOrders("{}");
    gateway.post("{\"id\":0}\n{\"id\":1}\n{\"id\":2}");

    assertThat(gateway.get(ROWS + "?follow=true&limit=2").body().lines()).hasSize(2);
  }

  @Test
  void anEventStreamResumesAfterTheLastEventOfEachBucket() throws Exception {
    gateway.createOrders("{\"bucket.count\":\"3\",\"bucket.key\":\"id\"}");
    gateway.post(ids(0, 100));
    List<Integer> seen = new ArrayList<>();
    String lastId = "";
    try (BufferedReader events = follow("?follow=true", "Accept", "text/event-stream")) {
      for (int i = 0; i < 40; i++) {
        lastId = nextEvent(events, seen);
      }
    }
    gateway.post(ids(100, 120));

    try (BufferedReader events =
        follow("?follow=true", "Accept", "text/event-stream", "Last-Event-ID", lastId)) {
      for (int i = 0; i < 80; i++) {
        lastId = nextEvent(events, seen);
      }
    }
    assertThat(seen).hasSize(120).doesNotHaveDuplicates();
    assertThat(new TreeSet<>(seen)).first().isEqualTo(0);
    assertThat(lastId.split(",")).hasSize(3);
  }

  @Test
  void anEventStreamFromTheEndResumesWhereItBegan() throws Exception {
    gateway.createOrders("{\"bucket.count\":\"2\"}");
    gateway.send("POST", ROWS + "?bucket=0", "application/json", "{\"id\":0}");
    String lastId;
    try (BufferedReader events =
        follow("?follow=true&from=latest", "Accept", "text/event-stream")) {
      gateway.send("POST", ROWS + "?bucket=1", "application/json", "{\"id\":1}");
      lastId = nextEvent(events, new ArrayList<>());
    }
    assertThat(lastId).isEqualTo("0:0,1:0");
    gateway.send("POST", ROWS + "?bucket=0", "application/json", "{\"id\":2}");

    List<Integer> seen = new ArrayList<>();
    try (BufferedReader events =
        follow(
            "?follow=true&from=latest", "Accept", "text/event-stream", "Last-Event-ID", lastId)) {
      nextEvent(events, seen);
    }
    assertThat(seen).containsExactly(2);
  }

  @Test
  void aStreamThatIsCutBeforeItsFirstRowResumesWhereItBegan() throws Exception {
    gateway.createOrders("{}");
    gateway.post(ids(0, 3));
    String[] latest = {"?follow=true&from=latest", "Accept", "text/event-stream"};
    String id;
    try (BufferedReader events = follow(latest[0], latest[1], latest[2])) {
      assertThat(events.readLine()).isEqualTo("retry: 1000");
      id = events.readLine();
    }
    assertThat(id).isEqualTo("id: 0:2");
    gateway.post(ids(3, 4));

    List<Integer> seen = new ArrayList<>();
    try (BufferedReader events =
        follow(latest[0], latest[1], latest[2], "Last-Event-ID", id.substring(4))) {
      nextEvent(events, seen);
    }
    assertThat(seen).containsExactly(3);
  }

  @Test
  void aFollowerThatLeavesIsNoLongerCounted() throws Exception {
    gateway.createOrders("{}");
    gateway.post("{\"id\":0}");
    try (BufferedReader follower = follow("?follow=true", "Accept", "application/x-ndjson")) {
      assertThat(follower.readLine()).startsWith("{\"id\":0,");
      assertThat(gateway.get("/metrics").body()).contains("sluice_followers 1.0");
    }
    String metrics = gateway.get("/metrics").body();
    while (!metrics.contains("sluice_followers 0.0")) {
      Thread.onSpinWait();
      metrics = gateway.get("/metrics").body();
    }
  }

  @Test
  void rowsAreInMemoryForAFollowerAlone() throws Exception {
    gateway.createOrders("{}");
    gateway.post("{\"id\":0}");
    assertThat(gateway.get("/metrics").body()).contains("sluice_tail_bytes 0.0\n");
    try (BufferedReader follower = follow("?follow=true", "Accept", "application/x-ndjson")) {
      assertThat(follower.readLine()).startsWith("{\"id\":0,");
      gateway.post("{\"id\":1}");
      assertThat(gateway.get("/metrics").body())
          .contains("sluice_tail_bytes ")
          .doesNotContain("sluice_tail_bytes 0.0\n");
    }
  }

  private BufferedReader follow(String query, String... headers) throws Exception {
    HttpResponse<java.io.InputStream> answer =
        gateway
            .client()
            .send(
                gateway.request(ROWS + query, headers).GET().build(),
                HttpResponse.BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
  }

  /** Reads up to the end of the next event with a row. Returns its id, and adds the row's. */
  private static String nextEvent(BufferedReader events, List<Integer> seen) throws Exception {
    String id = "";
    for (String line = events.readLine(); line != null; line = events.readLine()) {
      if (line.startsWith("id: ")) {
        id = line.substring(4);
      } else if (line.startsWith("data: {\"id\":")) {
        seen.add(Integer.parseInt(line.substring(12, line.indexOf(','))));
        return id;
      }
    }
    throw new AssertionError("the stream ended");
  }

  private static String ids(int from, int to) {
    StringBuilder rows = new StringBuilder();
    for (int i = from; i < to; i++) {
      rows.append("{\"id\":").append(i).append("}\n");
    }
    return rows.toString();
  }
}
