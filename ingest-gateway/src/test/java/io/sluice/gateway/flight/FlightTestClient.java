package io.sluice.gateway.flight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.table.TableName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.AsyncPutListener;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightClientMiddleware;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SyncPutListener;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Arrow's own Flight client, with Sluice's JSON around it. */
@SuppressWarnings("try") // close() may be interrupted
final class FlightTestClient implements AutoCloseable {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final BufferAllocator allocator = new RootAllocator();
  private final FlightClient client;

  FlightTestClient(int port) {
    client = FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", port)).build();
  }

  /** Calls with a token. */
  FlightTestClient(int port, String token) {
    client =
        FlightClient.builder(allocator, Location.forGrpcInsecure("127.0.0.1", port))
            .intercept(info -> new Bearer(token))
            .build();
  }

  /** Adds the token to each call. */
  private record Bearer(String token) implements FlightClientMiddleware {

    @Override
    public void onBeforeSendingHeaders(CallHeaders headers) {
      headers.insert("authorization", "Bearer " + token);
    }

    @Override
    public void onHeadersReceived(CallHeaders headers) {}

    @Override
    public void onCallCompleted(CallStatus status) {}
  }

  BufferAllocator allocator() {
    return allocator;
  }

  FlightClient flight() {
    return client;
  }

  /** Runs an action; returns its one answer. */
  JsonNode action(String type, String json) throws Exception {
    Iterator<Result> results =
        client.doAction(new Action(type, json.getBytes(StandardCharsets.UTF_8)));
    JsonNode answer = MAPPER.readTree(results.next().getBody());
    while (results.hasNext()) {
      results.next();
    }
    return answer;
  }

  static FlightDescriptor descriptor(TableName table) {
    return FlightDescriptor.path(table.database(), table.table());
  }

  /** Puts one batch, which stays the caller's; returns the answers. */
  List<JsonNode> put(TableName table, VectorSchemaRoot rows, String metadata) throws Exception {
    SyncPutListener listener = new SyncPutListener();
    FlightClient.ClientStreamListener stream = client.startPut(descriptor(table), rows, listener);
    putNext(stream, metadata);
    stream.completed();
    List<JsonNode> answers = answers(listener);
    stream.getResult();
    return answers;
  }

  /** Sends the root's rows as the next batch. */
  void putNext(FlightClient.ClientStreamListener stream, String metadata) {
    if (metadata.isEmpty()) {
      stream.putNext();
      return;
    }
    byte[] bytes = metadata.getBytes(StandardCharsets.UTF_8);
    ArrowBuf buffer = allocator.buffer(bytes.length);
    buffer.writeBytes(bytes);
    stream.putNext(buffer);
  }

  /** Reads all answers of a stream. */
  static List<JsonNode> answers(SyncPutListener listener) throws Exception {
    List<JsonNode> answers = new ArrayList<>();
    try {
      for (PutResult result = listener.read(); result != null; result = listener.read()) {
        answers.add(json(result.getApplicationMetadata()));
        result.close();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof FlightRuntimeException refused ? refused : e;
    }
    return answers;
  }

  FlightStream get(String ticket) {
    return client.getStream(new Ticket(ticket.getBytes(StandardCharsets.UTF_8)));
  }

  static String ticket(TableName table, String rest) {
    return "{\"database\":\"%s\",\"table\":\"%s\"%s}"
        .formatted(table.database(), table.table(), rest);
  }

  static JsonNode json(ArrowBuf buffer) throws Exception {
    byte[] bytes = new byte[(int) buffer.readableBytes()];
    buffer.getBytes(buffer.readerIndex(), bytes);
    return MAPPER.readTree(bytes);
  }

  static AsyncPutListener ignoring() {
    return new AsyncPutListener();
  }

  @Override
  public void close() throws Exception {
    client.close();
    allocator.close();
  }
}
