package io.sluice.gateway.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.Zstd;
import com.google.protobuf.ByteString;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.fuzz.WireClient.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;

/** Calls about one table, as they should be, or with something in them that isn't. */
final class TableCalls {

  private static final String ARROW = "application/vnd.apache.arrow.stream";
  private static final String NDJSON = "application/x-ndjson";
  private static final List<String> METADATA =
      List.of("", "", "{\"bucket\":0}", "{\"bucket\":1}", "{\"more\":true}", "{\"sequence\":1}");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final TableName table;
  private final WireClient client;
  private final Random random;

  TableCalls(TableName table, WireClient client, Random random) {
    this.table = table;
    this.client = client;
    this.random = random;
  }

  /** Sends a stream over Flight. */
  Answer put(List<WireMessage> messages) throws Exception {
    return client.put(flight(messages, ""));
  }

  /** Sends a stream over HTTP. */
  Answer post(List<WireMessage> messages) throws Exception {
    return client.post(path(), ARROW, "", WireMessage.join(messages));
  }

  /** Sends rows as they were read, but for the columns that Sluice fills. */
  Answer postLines(List<String> lines) throws Exception {
    return client.post(path(), NDJSON, "", ndjson(lines));
  }

  /** Reads all rows; fails if that fails. */
  List<String> rows() throws Exception {
    List<String> lines = client.get(path()).lines().toList();
    for (String line : lines) {
      if (!MAPPER.readTree(line).has("_offset")) {
        throw new AssertionError("reading " + table + ": " + line);
      }
    }
    return lines;
  }

  /**
   * Makes one call that lies.
   *
   * @param hostile lying streams
   * @param lines valid rows, as they were read
   */
  Answer changed(HostileStreams hostile, List<String> lines) throws Exception {
    switch (random.nextInt(4)) {
      case 0, 1 -> {
        List<byte[]> messages =
            flight(hostile.next(), METADATA.get(random.nextInt(METADATA.size())));
        if (random.nextBoolean()) {
          messages.replaceAll(
              message -> random.nextInt(3) == 0 ? Lies.changed(random, message) : message);
        }
        return client.put(messages);
      }
      case 2 -> {
        return postChanged(ARROW, WireMessage.join(hostile.next()));
      }
      default -> {
        byte[] rows = ndjson(lines);
        return switch (random.nextInt(3)) {
          case 0 -> postChanged(NDJSON, rows);
          case 1 ->
              postChanged(
                  "application/json",
                  ("[" + new String(rows, UTF_8).strip().replace("\n", ",") + "]").getBytes(UTF_8));
          default -> postChanged("text/csv", "c1,c2,c3\n1,\"x\ny\",\n2,z,3\n".getBytes(UTF_8));
        };
      }
    }
  }

  /** Sends a body that lies, in itself, in how it is compressed, or both. */
  private Answer postChanged(String type, byte[] body) throws Exception {
    byte[] plain = random.nextBoolean() ? Lies.changed(random, body) : body;
    int coding = random.nextInt(3);
    if (coding == 0) {
      return client.post(path(), type, "", plain);
    }
    byte[] packed = coding == 1 ? gzip(plain) : Zstd.compress(plain);
    byte[] sent = random.nextInt(3) == 0 ? Lies.changed(random, packed) : packed;
    return client.post(path(), type, coding == 1 ? "gzip" : "zstd", sent);
  }

  private List<byte[]> flight(List<WireMessage> messages, String metadata) {
    List<byte[]> flight = new ArrayList<>();
    for (WireMessage message : messages) {
      FlightData.Builder data =
          FlightData.newBuilder()
              .setDataHeader(ByteString.copyFrom(message.header()))
              .setAppMetadata(ByteString.copyFromUtf8(metadata))
              .setDataBody(ByteString.copyFrom(message.body()));
      if (flight.isEmpty()) {
        data.setFlightDescriptor(
            FlightDescriptor.newBuilder()
                .setType(FlightDescriptor.DescriptorType.PATH)
                .addPath(table.database())
                .addPath(table.table()));
      }
      flight.add(data.build().toByteArray());
    }
    return flight;
  }

  private String path() {
    return "/v1/databases/" + table.database() + "/tables/" + table.table() + "/rows";
  }

  private static byte[] ndjson(List<String> lines) {
    StringBuilder rows = new StringBuilder();
    for (String line : lines) {
      rows.append(line, 0, line.indexOf(",\"_bucket\"")).append("}\n");
    }
    return rows.toString().getBytes(UTF_8);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
