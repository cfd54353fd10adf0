package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.types.ArrowSchemas;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.BooleanType;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A batch that is small in the log, and large as text. */
@Timeout(120)
class SlicedRowsTest {

  private static final String PATH = "/v1/databases/shop/tables/flags/rows";
  private static final int BUCKETS = 64;
  private static final int ROWS = 20_000;
  private static final int MOST_BYTES = 2 << 20;

  private GatewayFixture gateway;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    gateway = new GatewayFixture(folder);
    gateway.createOrders("{}");
    String table =
        "{\"name\":\"flags\",\"columns\":[{\"name\":\"on\",\"type\":\"boolean\"}],"
            + "\"options\":{\"bucket.count\":\"%d\"}}".formatted(BUCKETS);
    assertThat(
            gateway
                .send("POST", "/v1/databases/shop/tables", "application/json", table)
                .statusCode())
        .isEqualTo(201);
    for (int batch = 0; batch < 2; batch++) {
      assertThat(
              gateway
                  .send(
                      "POST", PATH + "?bucket=0", "application/vnd.apache.arrow.stream", booleans())
                  .statusCode())
          .isEqualTo(200);
    }
  }

  @AfterEach
  void stop() {
    gateway.close();
    assertThat(gateway.heldBuffers()).isZero();
  }

  @Test
  void itIsSentInSlicesWhoseRowsAreInOrder() throws Exception {
    assertSent("", 2 * ROWS);
  }

  @Test
  void aLimitEndsWithinASlice() throws Exception {
    assertSent("?limit=15001", 15_001);
  }

  @Test
  void nothingOfItIsHeldOnceAClientThatDoesNotReadIsGone() throws Exception {
    try (Socket socket = ask("?follow=true")) {
      assertThat(socket.getInputStream().read()).isEqualTo('H');
    }
    String metrics = gateway.get("/metrics").body();
    while (!metrics.contains("sluice_followers 0.0")
        || !metrics.contains("sluice_arrow_bytes 0.0")) {
      Thread.onSpinWait();
      metrics = gateway.get("/metrics").body();
    }
  }

  private void assertSent(String query, int rows) throws Exception {
    List<Integer> sizes = new ArrayList<>();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (Socket socket = ask(query)) {
      DataInputStream in =
          new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
      String line = line(in);
      assertThat(line).startsWith("HTTP/1.1 200");
      while (!line.isEmpty()) {
        line = line(in);
      }
      for (int size = chunk(in, text); size > 0; size = chunk(in, text)) {
        sizes.add(size);
      }
    }

    assertThat(sizes).hasSizeGreaterThan(2).allMatch(size -> size < MOST_BYTES);
    List<String> data =
        text.toString(StandardCharsets.US_ASCII)
            .lines()
            .filter(event -> event.startsWith("data: "))
            .toList();
    assertThat(data).hasSize(rows);
    for (int row = 0; row < rows; row++) {
      assertThat(data.get(row)).contains("\"on\":%b,".formatted(row % ROWS % 3 == 0));
      assertThat(data.get(row)).contains("\"_offset\":%d,".formatted(row));
    }
  }

  private Socket ask(String query) throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
    socket.setSoTimeout(60_000);
    String request =
        "GET %s%s HTTP/1.1\r\nHost: g\r\nConnection: close\r\nAccept: text/event-stream\r\n\r\n"
            .formatted(PATH, query);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
    return socket;
  }

  /** Reads a chunk, which is what the gateway wrote at once. Returns its size; 0 at the end. */
  private static int chunk(DataInputStream in, ByteArrayOutputStream text) throws Exception {
    int size = Integer.parseInt(line(in), 16);
    text.write(in.readNBytes(size));
    assertThat(line(in)).isEmpty();
    return size;
  }

  private static String line(InputStream in) throws Exception {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      assertThat(c).as("the answer ended early").isNotEqualTo(-1);
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  private static byte[] booleans() throws Exception {
    Schema schema = new Schema(NestedField.optional(1, "on", BooleanType.get()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = VectorSchemaRoot.create(ArrowSchemas.of(schema), allocator);
        ArrowStreamWriter writer = new ArrowStreamWriter(root, null, Channels.newChannel(out))) {
      BitVector on = (BitVector) root.getVector("on");
      for (int row = 0; row < ROWS; row++) {
        on.setSafe(row, row % 3 == 0 ? 1 : 0);
      }
      root.setRowCount(ROWS);
      writer.writeBatch();
      writer.end();
    }
    return out.toByteArray();
  }
}
