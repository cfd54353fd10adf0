package io.sluice.gateway.grpc;

import io.sluice.gateway.errors.Problem;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One gRPC call. Messages come in one at a time: the next one is asked for by {@link #fetch}, and
 * until then at most one window of bytes and a message in part are held. All methods belong to the
 * call's event loop; {@link #run} leads there.
 *
 * <p>Vert.x' own gRPC server isn't used, because it gathers up to 16 whole messages of a paused
 * stream, and inflates compressed ones without a bound.
 */
public final class GrpcCall {

  private static final Logger LOG = LoggerFactory.getLogger(GrpcCall.class);

  /** Bytes before each message. */
  public static final int PREFIX_BYTES = 5;

  // Encoded. Clients take 8 KiB of headers in all.
  private static final int MOST_STATUS_BYTES = 6_000;

  /** Hears of a call's input. */
  public interface Input {

    /** A message came; the next one comes after a {@link #fetch}. */
    void message(Buffer message);

    /** The client has sent all. */
    void end();

    /** The client has gone, or what it sent isn't gRPC; the call is answered already. */
    void cancelled();
  }

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Context context;
  private final Deframer deframer;
  private @Nullable Input input;
  private boolean wanted;
  private boolean delivering;
  private boolean inputEnded;
  private boolean endTold;
  private boolean headSent;
  private boolean done;

  private GrpcCall(Vertx vertx, HttpServerRequest request, int maxMessageBytes) {
    this.request = request;
    this.response = request.response();
    this.context = vertx.getOrCreateContext();
    this.deframer = new Deframer(maxMessageBytes);
  }

  /**
   * Takes a request over.
   *
   * @param maxMessageBytes the largest message that is taken
   */
  public static GrpcCall of(Vertx vertx, HttpServerRequest request, int maxMessageBytes) {
    request.pause();
    return new GrpcCall(vertx, request, maxMessageBytes);
  }

  /**
   * Returns whether a request is a gRPC call: those are HTTP/2. In clear text no browser speaks
   * that, so that no web page calls Flight either.
   */
  public static boolean isGrpc(HttpServerRequest request) {
    String type = request.getHeader("content-type");
    return request.version() == HttpVersion.HTTP_2
        && type != null
        && type.startsWith("application/grpc")
        && !type.startsWith("application/grpc-web");
  }

  /** Returns the path, {@code /service/method}. */
  public String path() {
    return request.path();
  }

  /** Returns a header of the request; null if it has none. */
  public @Nullable String header(String name) {
    return request.getHeader(name);
  }

  /** Adds a header to the answer; to be called before anything of it is sent. */
  public void answerHeader(String name, String value) {
    response.putHeader(name, value);
  }

  /** Begins to read; call it once, before the event loop is left. */
  public void read(Input listener) {
    this.input = listener;
    response.exceptionHandler(e -> cancelled());
    response.closeHandler(v -> cancelled());
    request.exceptionHandler(e -> cancelled());
    request.handler(this::received);
    request.endHandler(
        v -> {
          inputEnded = true;
          deliver();
        });
    fetch();
  }

  /** Asks for the next message. */
  public void fetch() {
    if (!wanted && !done) {
      wanted = true;
      deliver();
    }
  }

  /** Returns whether the call was answered, or its client is gone. */
  public boolean done() {
    return done;
  }

  /** Sends a message; nothing happens once the call is done. */
  public Future<Void> write(Buffer message) {
    return writeFramed(frame(message.length()).appendBuffer(message));
  }

  /**
   * Sends a message that already has its prefix, as {@link #frame} makes it, or the first part of
   * one: the others must follow.
   *
   * @param framed prefix and message, not to be changed any more
   * @return completes once it is written, or never will be
   */
  public Future<Void> writeFramed(Buffer framed) {
    if (done) {
      return Future.succeededFuture();
    }
    sendHead();
    return response.write(framed);
  }

  /** Returns a buffer with the prefix of a message of so many bytes, and room for it. */
  public static Buffer frame(int messageBytes) {
    return frame(messageBytes, messageBytes);
  }

  /**
   * Returns a buffer with the prefix of a message of so many bytes.
   *
   * @param room for how many of them
   */
  public static Buffer frame(int messageBytes, int room) {
    return Buffer.buffer(PREFIX_BYTES + room).appendByte((byte) 0).appendInt(messageBytes);
  }

  /** Returns whether to wait for {@link #drained} before sending more. */
  public boolean isFull() {
    return response.writeQueueFull();
  }

  /** Calls {@code handler} once more may be sent. */
  public void drained(Handler<Void> handler) {
    response.drainHandler(handler);
  }

  /** Ends the call well. */
  public void end() {
    finish(0, "");
  }

  /** Ends the call with a failure. */
  public void fail(Problem problem) {
    finish(problem.grpcStatus(), problem.grpcMessage());
  }

  /** Runs {@code task} on the call's event loop, after what was run before. */
  public void run(Runnable task) {
    context.runOnContext(v -> guarded(task));
  }

  /**
   * Runs {@code task} there after {@code delayMs}, at least 1, also if the call is done by then.
   */
  public void runLater(long delayMs, Runnable task) {
    context.owner().setTimer(delayMs, timer -> run(task));
  }

  /** A bug, or memory that ran out, must end the call rather than leave it without an answer. */
  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable thrown) {
      LOG.error("Call of {} failed: out of memory, or a bug", request.path(), thrown);
      Input listener = input;
      fail(Problem.of(thrown));
      if (listener != null) {
        listener.cancelled();
      }
    }
  }

  private void received(Buffer chunk) {
    if (!done) {
      deframer.add(chunk);
      request.pause();
      deliver();
    }
  }

  /**
   * Hands over messages while they are wanted and there; else lets more bytes come. An input that
   * fetches at once comes back here: the loop goes on, however many there are.
   */
  private void deliver() {
    Input listener = input;
    if (listener == null || delivering) {
      return;
    }
    delivering = true;
    try {
      while (wanted && !done) {
        if (!deliverNext(listener)) {
          return;
        }
      }
    } finally {
      delivering = false;
    }
  }

  /** Returns whether a message was handed over. */
  private boolean deliverNext(Input listener) {
    Buffer message;
    try {
      message = deframer.next();
    } catch (Deframer.FramingException e) {
      String text = String.valueOf(e.getMessage());
      fail(e.tooLarge() ? Problem.tooLarge(text) : Problem.unimplemented(text));
      listener.cancelled();
      return false;
    }
    if (message != null) {
      wanted = false;
      guarded(() -> listener.message(message));
      return true;
    }
    if (!inputEnded) {
      request.resume();
    } else if (!endTold) {
      endTold = true;
      guarded(() -> ended(listener));
    }
    return false;
  }

  private void ended(Input listener) {
    if (deframer.isEmpty()) {
      listener.end();
    } else {
      fail(Problem.invalid("the call ended in the middle of a message"));
      listener.cancelled();
    }
  }

  private void cancelled() {
    Input listener = input;
    if (!done) {
      done = true;
      if (listener != null) {
        listener.cancelled();
      }
    }
  }

  private void sendHead() {
    if (!headSent) {
      headSent = true;
      response.putHeader("content-type", "application/grpc");
      response.setChunked(true);
    }
  }

  private void finish(int status, String message) {
    if (done) {
      return;
    }
    done = true;
    sendHead();
    response.putTrailer("grpc-status", Integer.toString(status));
    if (!message.isEmpty()) {
      response.putTrailer("grpc-message", percentEncoded(message));
    }
    response.end();
    if (!inputEnded) {
      // What the client still sends is of no use; let it run out unseen, so that it can finish.
      request.handler(chunk -> {});
      request.resume();
    }
  }

  private static String percentEncoded(String message) {
    StringBuilder encoded = new StringBuilder();
    for (int at = 0, next; at < message.length(); at = next) {
      next = message.offsetByCodePoints(at, 1);
      String character = URLEncoder.encode(message.substring(at, next), StandardCharsets.UTF_8);
      if (encoded.length() + character.length() > MOST_STATUS_BYTES) {
        return encoded.append("...").toString();
      }
      encoded.append(character.equals("+") ? "%20" : character);
    }
    return encoded.toString();
  }
}
