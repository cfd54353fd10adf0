package io.sluice.gateway.grpc;

import io.sluice.gateway.errors.Problem;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One gRPC call to another gateway. Answers come one at a time: the next one is asked for by {@link
 * #fetch}, and until then at most one window of bytes and a message in part are held. All methods
 * but {@link #run} belong to the call's event loop, where the output is called too.
 */
public final class GrpcClientCall {

  private static final Logger LOG = LoggerFactory.getLogger(GrpcClientCall.class);
  private static final int CANCEL = 8;

  /** Hears of the answers. */
  public interface Output {

    /** A message came; the next one comes after a {@link #fetch}. */
    void message(Buffer message);

    /**
     * The call is over; nothing follows.
     *
     * @param failure why it failed; null if it ended well
     */
    void ended(@Nullable Problem failure);
  }

  private final Context context;
  private final String target;
  private final Output output;
  private final Deframer deframer;
  private final List<Buffer> unsent = new ArrayList<>();
  private @Nullable HttpClientRequest request;
  private @Nullable HttpClientResponse response;
  private boolean inputEnded;
  private boolean answerEnded;
  private boolean wanted = true;
  private boolean delivering;
  private boolean over;

  private GrpcClientCall(Context context, String target, int maxMessageBytes, Output output) {
    this.context = context;
    this.target = target;
    this.output = output;
    this.deframer = new Deframer(maxMessageBytes);
  }

  /**
   * Begins a call.
   *
   * @param to where, with the path {@code /service/method} and all headers but the content type
   * @param maxMessageBytes the largest answer that is taken
   * @param output may be called before this returns, if that is the call's event loop
   */
  public static GrpcClientCall open(
      Vertx vertx, HttpClient client, RequestOptions to, int maxMessageBytes, Output output) {
    String target = to.getHost() + ":" + to.getPort();
    GrpcClientCall call =
        new GrpcClientCall(vertx.getOrCreateContext(), target, maxMessageBytes, output);
    to.putHeader("content-type", "application/grpc").putHeader("te", "trailers");
    call.run(() -> request(client, to).onComplete(call::opened, call::broken));
    return call;
  }

  /** A client that is closed, as this gateway stops, throws: the caller is to try elsewhere. */
  private static Future<HttpClientRequest> request(HttpClient client, RequestOptions to) {
    try {
      return client.request(to);
    } catch (IllegalStateException e) {
      return Future.failedFuture(e);
    }
  }

  /** Runs {@code task} on the call's event loop, after what was run before. */
  public void run(Runnable task) {
    context.runOnContext(
        v -> {
          try {
            task.run();
          } catch (Throwable thrown) {
            LOG.error("Call to {} failed: out of memory, or a bug", target, thrown);
            finish(Problem.of(thrown));
            cancel();
          }
        });
  }

  /**
   * Sends a message; nothing happens once the call is over.
   *
   * @param framed prefix and message
   */
  public void write(Buffer framed) {
    HttpClientRequest open = request;
    if (open == null) {
      unsent.add(framed);
    } else if (!over) {
      open.write(framed);
    }
  }

  /** Says that nothing more is sent. */
  public void end() {
    inputEnded = true;
    HttpClientRequest open = request;
    if (open != null && !over) {
      open.end();
    }
  }

  /** Asks for the next message; the first one comes unasked. */
  public void fetch() {
    wanted = true;
    deliver();
  }

  /** Breaks the call off; the output isn't told. */
  public void cancel() {
    over = true;
    HttpClientRequest open = request;
    if (open != null) {
      open.reset(CANCEL);
    }
  }

  /** Breaks the call off, and tells the output why. */
  public void fail(Problem why) {
    finish(why);
    cancel();
  }

  private void opened(HttpClientRequest open) {
    request = open;
    if (over) {
      open.reset(CANCEL);
      return;
    }
    open.exceptionHandler(this::broken);
    open.response().onComplete(this::answered, this::broken);
    open.setChunked(true);
    boolean headSent = !unsent.isEmpty();
    unsent.forEach(open::write);
    unsent.clear();
    if (inputEnded) {
      open.end();
    } else if (!headSent) {
      open.sendHead();
    }
  }

  private void answered(HttpClientResponse answer) {
    response = answer;
    answer.exceptionHandler(this::broken);
    answer.handler(
        chunk -> {
          deframer.add(chunk);
          answer.pause();
          deliver();
        });
    answer.endHandler(
        v -> {
          answerEnded = true;
          deliver();
        });
  }

  /** An output that fetches at once comes back here: the loop goes on, however many there are. */
  private void deliver() {
    HttpClientResponse answer = response;
    if (answer == null || delivering) {
      return;
    }
    delivering = true;
    try {
      deliver(answer);
    } finally {
      delivering = false;
    }
  }

  private void deliver(HttpClientResponse answer) {
    while (wanted && !over) {
      Buffer message;
      try {
        message = deframer.next();
      } catch (Deframer.FramingException e) {
        fail(Problem.unavailable(target + " sent something else: " + e.getMessage()));
        return;
      }
      if (message != null) {
        wanted = false;
        output.message(message);
      } else if (answerEnded) {
        finish(status(answer));
      } else {
        answer.resume();
        return;
      }
    }
  }

  private @Nullable Problem status(HttpClientResponse answer) {
    String status = answer.getTrailer("grpc-status");
    String message = answer.getTrailer("grpc-message");
    if (status == null) {
      // An answer without a message has its status among the headers.
      status = answer.getHeader("grpc-status");
      message = answer.getHeader("grpc-message");
    }
    if (status == null) {
      return Problem.unavailable(
          "%s answered with HTTP status %d: is it a gateway?"
              .formatted(target, answer.statusCode()));
    }
    String text = message == null ? "" : URLDecoder.decode(message, StandardCharsets.UTF_8);
    return status.equals("0") ? null : Problem.ofGrpc(status, text);
  }

  private void broken(Throwable failure) {
    if (!over) {
      LOG.debug("Call to {} broke", target, failure);
      finish(
          Problem.unavailable(
              "gateway %s, which owns the bucket, can't be reached (%s): try again"
                  .formatted(target, failure.getMessage())));
    }
  }

  private void finish(@Nullable Problem failure) {
    if (!over) {
      over = true;
      output.ended(failure);
    }
  }
}
