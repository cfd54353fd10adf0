package io.sluice.compactor.glue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Stands before an AWS endpoint, and loses requests of one kind, or their replies, or refuses them.
 */
public final class LosingProxy implements AutoCloseable {

  /** What becomes of one request. */
  public enum Fate {
    /** It is answered. */
    ANSWERED,
    /** It never arrives. */
    LOST,
    /** It is acted on, but the connection ends before the answer. */
    REPLY_LOST,
    /** It isn't acted on, and answered with 503. */
    REFUSED
  }

  /**
   * A request's fate.
   *
   * @param then what else happens behind the client's back, before it can try again
   */
  record Event(Fate fate, Runnable then) {}

  private final Forwarder forwarder;
  private final Predicate<HttpExchange> hasFate;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Queue<Event> events = new ConcurrentLinkedQueue<>();
  private final AtomicInteger seen = new AtomicInteger();
  private volatile boolean cutOff;

  /**
   * @param target the {@code X-Amz-Target} of requests that have fates
   */
  public LosingProxy(URI endpoint, String target) throws IOException {
    this(endpoint, call -> target.equals(call.getRequestHeaders().getFirst("X-Amz-Target")));
  }

  /**
   * @param hasFate which requests have fates
   */
  public LosingProxy(URI endpoint, Predicate<HttpExchange> hasFate) throws IOException {
    this.forwarder = new Forwarder(endpoint);
    this.hasFate = hasFate;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Says what becomes of the next such request that has no fate yet. */
  public void next(Fate fate, Runnable then) {
    events.add(new Event(fate, then));
  }

  /** Loses all requests from now on, or no more. */
  void cutOff(boolean nothingArrives) {
    cutOff = nothingArrives;
  }

  /** Returns how many such requests there were. */
  public int seen() {
    return seen.get();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      boolean marked = hasFate.test(exchange);
      Event event = marked ? events.poll() : null;
      if (marked) {
        seen.incrementAndGet();
      }
      boolean lost = cutOff || (event != null && event.fate() == Fate.LOST);
      if (lost && event != null) {
        event.then().run();
      }
      if (lost) {
        return;
      }
      if (event != null && event.fate() == Fate.REFUSED) {
        event.then().run();
        exchange.sendResponseHeaders(503, -1);
        return;
      }
      HttpResponse<byte[]> answer = forwarder.forward(exchange, body);
      if (event != null) {
        event.then().run();
      }
      if (event == null || event.fate() == Fate.ANSWERED) {
        Forwarder.answer(exchange, answer);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
