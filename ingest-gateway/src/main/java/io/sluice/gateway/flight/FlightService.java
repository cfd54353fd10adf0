package io.sluice.gateway.flight;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.auth.Access;
import io.sluice.gateway.cluster.Peer;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.gateway.grpc.GrpcCall;
import io.sluice.gateway.read.RowReader;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import org.apache.arrow.flight.impl.Flight;
import org.jspecify.annotations.Nullable;

/** {@code arrow.flight.protocol.FlightService}: each call finds its method here. Thread-safe. */
public final class FlightService {

  private static final int READ_AHEAD_BYTES = 1 << 20;

  private final Vertx vertx;
  private final FlightParts parts;
  private final FlightActions actions;
  private final IntSupplier port;

  /**
   * @param port the port that clients are told
   */
  public FlightService(Vertx vertx, FlightParts parts, IntSupplier port) {
    this.vertx = vertx;
    this.parts = parts;
    this.actions = new FlightActions(parts);
    this.port = port;
  }

  /** Takes a gRPC request over, on its event loop. */
  public void handle(HttpServerRequest request) {
    GrpcCall call = GrpcCall.of(vertx, request, parts.settings().maxMessageBytes());
    FlightMethod method = FlightMethod.of(call.path()).orElse(null);
    if (method == null) {
      call.fail(Problem.unimplemented("there is no method " + call.path()));
      return;
    }
    try {
      if (method == FlightMethod.HANDSHAKE) {
        shakeHands(call);
      } else {
        handle(call, method, Caller.of(call, parts.authenticator()));
      }
    } catch (ProblemException e) {
      call.fail(e.problem());
    }
  }

  private void handle(GrpcCall call, FlightMethod method, Caller caller) {
    switch (method) {
      case DO_PUT -> call.read(new DoPut(call, parts, caller));
      case DO_GET -> single(call, caller, this::doGet);
      case DO_ACTION -> single(call, caller, this::doAction);
      case GET_FLIGHT_INFO -> single(call, caller, this::flightInfo);
      case GET_SCHEMA -> single(call, caller, this::schema);
      case LIST_FLIGHTS -> single(call, (message, ending) -> listFlights(call, caller));
      case LIST_ACTIONS -> single(call, (message, ending) -> listActions(call));
      case POLL_FLIGHT_INFO, DO_EXCHANGE ->
          call.fail(Problem.unimplemented(call.path() + " is not served; use DoGet and DoPut"));
      case HANDSHAKE -> throw new IllegalStateException("handled before");
    }
  }

  /** Gives those a bearer token that show name and secret, as Flight's clients do. */
  private void shakeHands(GrpcCall call) throws ProblemException {
    String token = parts.authenticator().exchange(call.header("authorization"));
    if (!token.isEmpty()) {
      call.answerHeader("authorization", "Bearer " + token);
    }
    call.read(new Handshake(call));
  }

  /** Handles a call's one message. */
  private interface Single {
    void handle(Buffer message, Ending ending)
        throws ProblemException, InvalidProtocolBufferException;
  }

  /** What is to be ended if the client goes. */
  private static final class Ending {
    private @Nullable Runnable task;
    private boolean gone;

    private void set(Runnable ending) {
      task = ending;
      if (gone) {
        ending.run();
      }
    }

    private void run() {
      gone = true;
      Runnable ending = task;
      if (ending != null) {
        ending.run();
      }
    }
  }

  private void single(GrpcCall call, Caller caller, CallMethod method) {
    single(call, (message, ending) -> method.handle(call, caller, message, ending));
  }

  /** A method with one request message. */
  private interface CallMethod {
    void handle(GrpcCall call, Caller caller, Buffer message, Ending ending)
        throws ProblemException, InvalidProtocolBufferException;
  }

  private void single(GrpcCall call, Single method) {
    Ending ending = new Ending();
    call.read(
        new GrpcCall.Input() {
          private boolean handled;

          @Override
          public void message(Buffer message) {
            handled = true;
            try {
              method.handle(message, ending);
            } catch (InvalidProtocolBufferException e) {
              call.fail(Problem.invalid("the request is malformed: " + e.getMessage()));
            } catch (ProblemException | RuntimeException e) {
              fail(call, e);
            }
          }

          @Override
          public void end() {
            if (!handled) {
              call.fail(Problem.invalid("the call ended without a request"));
            }
          }

          @Override
          public void cancelled() {
            ending.run();
          }
        });
  }

  private void doGet(GrpcCall call, Caller caller, Buffer message, Ending ending)
      throws ProblemException, InvalidProtocolBufferException {
    Ticket ticket =
        Ticket.read(Flight.Ticket.parseFrom(message.getBytes()).getTicket().toByteArray());
    TableName name = caller.require(Access.READ, ticket.table());
    String incarnation = call.header(Incarnation.HEADER);
    var unused =
        table(ticket, name, incarnation)
            .thenCompose(table -> open(ticket, table, incarnation, caller.forwarded()))
            .whenComplete(
                (opened, failure) ->
                    call.run(
                        () -> {
                          if (opened == null) {
                            fail(call, failure);
                            return;
                          }
                          DoGet get =
                              new DoGet(call, opened.reader(), parts.allocator(), READ_AHEAD_BYTES);
                          ending.set(get::close);
                          call.answerHeader(Incarnation.HEADER, Incarnation.of(opened.table()));
                          get.start(caller.forwarded());
                        }));
  }

  /** Who asks may know a schema, or a table of that name, that this gateway hasn't heard of. */
  private CompletableFuture<Table> table(
      Ticket ticket, TableName name, @Nullable String incarnation) {
    return parts
        .tables()
        .table(name, ticket.request().bucket())
        .thenCompose(
            known ->
                ticket.isOf(known) && Incarnation.is(incarnation, known)
                    ? CompletableFuture.completedFuture(known)
                    : parts.tables().newest(name));
  }

  private record Opened(Table table, RowReader reader) {}

  private CompletableFuture<Opened> open(
      Ticket ticket, Table table, @Nullable String incarnation, boolean forwarded) {
    return Incarnation.is(incarnation, table)
        ? parts
            .reads()
            .open(ticket.at(table), ticket.request(), forwarded)
            .thenApply(reader -> new Opened(table, reader))
        : CompletableFuture.failedFuture(Incarnation.failure(incarnation, table, forwarded));
  }

  private void doAction(GrpcCall call, Caller caller, Buffer message, Ending ending)
      throws ProblemException, InvalidProtocolBufferException {
    Flight.Action action = Flight.Action.parseFrom(message.getBytes());
    answer(
        call,
        actions
            .run(action.getType(), action.getBody().toByteArray(), caller)
            .thenApply(
                json ->
                    List.of(
                        Flight.Result.newBuilder()
                            .setBody(ByteString.copyFrom(Json.write(json)))
                            .build())));
  }

  private void flightInfo(GrpcCall call, Caller caller, Buffer message, Ending ending)
      throws ProblemException, InvalidProtocolBufferException {
    TableName name =
        caller.require(
            Access.DESCRIBE,
            Descriptors.table(Flight.FlightDescriptor.parseFrom(message.getBytes())));
    answer(call, parts.tables().table(name).thenApply(table -> List.of(info(table))));
  }

  private void schema(GrpcCall call, Caller caller, Buffer message, Ending ending)
      throws ProblemException, InvalidProtocolBufferException {
    TableName name =
        caller.require(
            Access.DESCRIBE,
            Descriptors.table(Flight.FlightDescriptor.parseFrom(message.getBytes())));
    answer(
        call,
        parts
            .tables()
            .table(name)
            .thenApply(
                table ->
                    List.of(
                        Flight.SchemaResult.newBuilder()
                            .setSchema(ArrowMessages.encapsulated(table.arrowSchema()))
                            .build())));
  }

  private void listFlights(GrpcCall call, Caller caller) {
    CompletableFuture<List<Flight.FlightInfo>> infos =
        parts
            .operations()
            .allTables(caller.principal()::sees)
            .thenApply(tables -> tables.stream().map(this::info).toList());
    answer(call, infos);
  }

  private void listActions(GrpcCall call) {
    List<Flight.ActionType> types = new ArrayList<>();
    for (FlightAction action : FlightAction.ofClients()) {
      types.add(
          Flight.ActionType.newBuilder()
              .setType(action.type())
              .setDescription(action.description())
              .build());
    }
    answer(call, CompletableFuture.completedFuture(types));
  }

  private Flight.FlightInfo info(Table table) {
    Flight.FlightInfo.Builder info =
        Flight.FlightInfo.newBuilder()
            .setSchema(ArrowMessages.encapsulated(table.arrowSchema()))
            .setFlightDescriptor(Descriptors.of(table.name()))
            .setTotalRecords(-1)
            .setTotalBytes(-1);
    Peer self =
        new Peer(parts.ownership().id(), parts.settings().reachableHost(), port.getAsInt())
            .withTls(parts.settings().tls().enabled());
    for (int bucket = 0; bucket < table.bucketCount(); bucket++) {
      ByteString ticket = ByteString.copyFrom(Ticket.of(table.name(), bucket));
      info.addEndpoint(
          Flight.FlightEndpoint.newBuilder()
              .setTicket(Flight.Ticket.newBuilder().setTicket(ticket))
              .addLocation(
                  Flight.Location.newBuilder()
                      .setUri(parts.ownership().placed(table, bucket).orElse(self).location())));
    }
    return info.build();
  }

  private void answer(
      GrpcCall call, CompletableFuture<? extends List<? extends MessageLite>> answers) {
    var unused =
        answers.whenComplete(
            (messages, failure) ->
                call.run(
                    () -> {
                      if (messages == null) {
                        fail(call, failure);
                        return;
                      }
                      for (MessageLite message : messages) {
                        call.write(Buffer.buffer(message.toByteArray()));
                      }
                      call.end();
                    }));
  }

  private void fail(GrpcCall call, @Nullable Throwable failure) {
    Throwable cause = failure == null ? new IllegalStateException("no answer") : failure;
    parts.report(cause);
    call.fail(Problem.of(cause));
  }

  /** Lets clients in that shake hands first: there is nothing to agree on but who they are. */
  private record Handshake(GrpcCall call) implements GrpcCall.Input {

    @Override
    public void message(Buffer message) {
      call.write(Buffer.buffer(Flight.HandshakeResponse.getDefaultInstance().toByteArray()));
      call.fetch();
    }

    @Override
    public void end() {
      call.end();
    }

    @Override
    public void cancelled() {}
  }
}
