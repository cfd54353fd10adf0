package io.sluice.client;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.sluice.client.SluiceException.Reason;
import org.apache.arrow.flight.grpc.StatusUtils;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * One DoGet call. Messages are handed on by the thread that brings them, as many as there is room
 * for.
 */
final class GetStream extends ClientCall.Listener<InboundRows> {

  /** What is read. All is called on the connection's thread, one after the other. */
  interface Sink {

    /** The gateway says, before all else, of which log the rows are. Older ones don't. */
    void of(String incarnation);

    /**
     * The schema of all rows of this call came.
     *
     * @throws SluiceException if they can't be taken: the call ends with this
     */
    void opened(Schema schema) throws SluiceException;

    /**
     * A message of rows came, which is taken over.
     *
     * @throws SluiceException if it can't be: the call ends with this
     */
    void arrived(Schema schema, InboundRows rows) throws SluiceException;

    /** Returns how many more bytes may come. */
    long room();
  }

  /** So many messages may be on their way, however small they are. */
  private static final int MOST_FETCHED = 64;

  /** The schema, and a first message of rows. */
  private static final int FIRST = 2;

  /** Of a request: the log that its offsets are of. Of an answer: the one that it is from. */
  private static final Metadata.Key<String> INCARNATION =
      Metadata.Key.of("sluice-incarnation", Metadata.ASCII_STRING_MARSHALLER);

  private final ClientCall<byte[], InboundRows> call;
  private final Sink sink;
  private @Nullable Schema schema;
  private @Nullable SluiceException failure;
  private int fetched = FIRST;
  private long usualBytes;
  private boolean ended;

  private GetStream(ClientCall<byte[], InboundRows> call, Sink sink) {
    this.call = call;
    this.sink = sink;
  }

  /**
   * Begins a call, which brings nothing before {@link #send}.
   *
   * @param incarnation which log's rows are wanted; null if that isn't known
   */
  static GetStream open(Connection connection, @Nullable String incarnation, Sink sink) {
    return begin(
        connection.channel().newCall(connection.methods().get(), CallOptions.DEFAULT),
        incarnation,
        sink);
  }

  static GetStream begin(
      ClientCall<byte[], InboundRows> call, @Nullable String incarnation, Sink sink) {
    GetStream stream = new GetStream(call, sink);
    Metadata headers = new Metadata();
    if (incarnation != null) {
      headers.put(INCARNATION, incarnation);
    }
    call.start(stream, headers);
    return stream;
  }

  /**
   * Says what to read, and has the first rows come; the call is over when {@link #awaitEnd}
   * returns. Not after {@link #cancel}.
   *
   * @param ticket the protobuf message of a Flight ticket
   */
  void send(byte[] ticket) {
    call.request(FIRST);
    call.sendMessage(ticket);
    call.halfClose();
  }

  /** Breaks the call off; it ends soon. */
  void cancel(String why) {
    call.cancel(why, null);
  }

  /**
   * Waits for the end.
   *
   * @return why it ended too early; null if the gateway has sent all
   */
  synchronized @Nullable SluiceException awaitEnd() throws InterruptedException {
    while (!ended) {
      wait();
    }
    return failure;
  }

  /**
   * Has more come if there is room and too little is on its way. Any thread may call it.
   *
   * @param room in bytes
   */
  void fetch(long room) {
    int more;
    synchronized (this) {
      long fit = room <= 0 ? 0 : Math.max(1, room / Math.max(1, usualBytes));
      int wanted = (int) Math.min(MOST_FETCHED, fit);
      // Asking costs a message to the connection's thread: not for each one.
      if (ended || fetched > wanted / 2) {
        return;
      }
      more = wanted - fetched;
      fetched = wanted;
    }
    if (more > 0) {
      call.request(more);
    }
  }

  @Override
  public void onHeaders(Metadata headers) {
    String incarnation = headers.get(INCARNATION);
    if (incarnation != null) {
      sink.of(incarnation);
    }
  }

  @Override
  public void onMessage(InboundRows message) {
    boolean refused;
    synchronized (this) {
      refused = failure != null;
      fetched--;
      usualBytes = Math.max(message.bytes(), usualBytes - usualBytes / 8);
    }
    if (refused) {
      // It was on its way when the call was broken off: nothing comes after what can't be taken.
      message.close();
      return;
    }
    try {
      take(message);
      fetch(sink.room());
    } catch (SluiceException e) {
      fail(e);
    } catch (RuntimeException e) {
      fail(new SluiceException(Reason.INTERNAL, "a read met a message it can't take: " + e, e));
    }
  }

  private void take(InboundRows message) throws SluiceException {
    Schema known = schema;
    if (known != null) {
      sink.arrived(known, message);
      return;
    }
    try (message) {
      schema = message.schema();
    }
    if (schema == null) {
      throw new SluiceException(Reason.INTERNAL, "a gateway sent rows before their schema");
    }
    sink.opened(schema);
  }

  private void fail(SluiceException why) {
    synchronized (this) {
      failure = why;
    }
    call.cancel(why.getMessage(), why);
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    synchronized (this) {
      if (failure == null && !status.isOk()) {
        failure =
            FlightErrors.of(
                StatusUtils.fromGrpcStatusAndTrailers(status, trailers).toRuntimeException());
      }
      ended = true;
      notifyAll();
    }
  }
}
