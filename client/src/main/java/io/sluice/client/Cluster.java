package io.sluice.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.ClientInterceptor;
import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.memory.BufferAllocator;

/**
 * The gateways as one: makes a call at the first that can be reached, and learns which others are
 * live. Thread-safe.
 */
final class Cluster implements AutoCloseable {

  /** One call to one gateway. */
  interface Call<T> {

    /** Makes it. */
    T at(Connection connection) throws SluiceException;
  }

  private static final Duration LEARN_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration PLACEMENT_TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_PLACEMENTS = 1_024;

  private final ClientSettings settings;
  private final BufferAllocator allocator;
  private final Connections connections;
  private final KnownGateways known;
  private final Map<TableName, Placement> placements = new LinkedHashMap<>(16, 0.75f, true);

  Cluster(
      ClientSettings settings, BufferAllocator allocator, List<ClientInterceptor> interceptors) {
    this.settings = settings;
    this.allocator = allocator;
    this.connections = new Connections(allocator, settings.security(), interceptors);
    this.known = new KnownGateways(settings.endpoints());
  }

  ClientSettings settings() {
    return settings;
  }

  BufferAllocator allocator() {
    return allocator;
  }

  KnownGateways known() {
    return known;
  }

  Connections connections() {
    return connections;
  }

  /** Returns who owns a table's buckets, the same object for all who ask. */
  Placement placement(TableName table) {
    synchronized (placements) {
      Placement placement =
          placements.computeIfAbsent(table, any -> new Placement(() -> owners(table)));
      if (placements.size() > MAX_PLACEMENTS) {
        placements.remove(placements.keySet().iterator().next());
      }
      return placement;
    }
  }

  /** Asks which gateway owns which bucket. */
  Placement.Heard owners(TableName table) throws SluiceException {
    Duration timeout = shorter(PLACEMENT_TIMEOUT, settings.callTimeout());
    return round(
        "owners of table " + table,
        true,
        connection -> Placement.owners(connection.info(table, timeout)),
        new Backoff(settings));
  }

  /**
   * Calls an action whose answer is one JSON object, again and again until {@code retryFor} has
   * passed.
   *
   * @param idempotent whether the call may be made again when it is unknown whether it was carried
   *     out
   */
  JsonNode call(String action, JsonNode body, boolean idempotent) throws SluiceException {
    return call(action, body, idempotent, settings.callTimeout());
  }

  JsonNode call(String action, JsonNode body, boolean idempotent, Duration timeout)
      throws SluiceException {
    Backoff backoff = new Backoff(settings);
    while (true) {
      try {
        return round(
            action, idempotent, connection -> connection.call(action, body, timeout), backoff);
      } catch (SluiceException e) {
        boolean again =
            e.reason() == Reason.OVERLOADED || (e.retryable() && (idempotent || e.notSent()));
        if (!again || !backoff.mayRetry(System.nanoTime())) {
          throw e;
        }
      }
      pause(backoff, action);
    }
  }

  /** Calls an action without trying it again after a pause. */
  void callOnce(String action, JsonNode body, Duration timeout) throws SluiceException {
    var unused =
        round(
            action,
            false,
            connection -> connection.call(action, body, timeout),
            new Backoff(settings));
  }

  /** Tries one gateway after the other, without a pause, until one answers. */
  private <T> T round(String what, boolean idempotent, Call<T> call, Backoff backoff)
      throws SluiceException {
    List<Endpoint> tried = new ArrayList<>();
    SluiceException last = null;
    for (Endpoint endpoint : known.candidates(System.nanoTime())) {
      tried.add(endpoint);
      try {
        return at(endpoint, call);
      } catch (SluiceException e) {
        last = e;
      }
      boolean next =
          last.reason() == Reason.UNAVAILABLE
              && (idempotent || last.notSent())
              && (last.notSent() || backoff.mayRetry(System.nanoTime()))
              && !Thread.currentThread().isInterrupted();
      if (!next) {
        break;
      }
    }
    if (last == null) {
      throw new IllegalStateException("a client always knows a gateway");
    }
    throw explained(what, tried, last);
  }

  private static SluiceException explained(
      String what, List<Endpoint> tried, SluiceException failure) {
    if (failure.fromGateway() || failure.reason() != Reason.UNAVAILABLE) {
      return failure.in(what + " at " + tried.get(tried.size() - 1));
    }
    String all = tried.stream().map(Endpoint::toString).collect(Collectors.joining(", "));
    return failure.in(
        what
            + " at "
            + all
            + ": no gateway answers there; check that one runs and that this machine reaches it");
  }

  private <T> T at(Endpoint endpoint, Call<T> call) throws SluiceException {
    try (Connections.Lease lease = connections.lease(endpoint)) {
      T answer = at(endpoint, lease.connection(), call);
      known.reached(endpoint);
      learn(lease.connection());
      return answer;
    }
  }

  private <T> T at(Endpoint endpoint, Connection connection, Call<T> call) throws SluiceException {
    try {
      connection.connectNow();
      return call.at(connection);
    } catch (RuntimeException e) {
      // Flight's own, or what it throws plainly at an answer that it can't read.
      SluiceException failure = FlightErrors.of(e);
      if (!Thread.currentThread().isInterrupted()) {
        distrust(endpoint, failure);
      }
      throw failure;
    }
  }

  /**
   * One that answers too late may only have much to do, and one that refuses may have lost touch
   * with the others: the next call goes elsewhere.
   */
  private void distrust(Endpoint endpoint, SluiceException failure) {
    if (failure.reason() != Reason.UNAVAILABLE) {
      return;
    }
    if (failure.fromGateway() || failure.code().equals(FlightStatusCode.TIMED_OUT.name())) {
      known.demote(endpoint);
    } else {
      known.failed(endpoint, System.nanoTime());
    }
  }

  private void learn(Connection connection) {
    if (!known.takeLearning(System.nanoTime())) {
      return;
    }
    Duration timeout = shorter(LEARN_TIMEOUT, settings.callTimeout());
    try {
      known.learned(Answers.gateways(connection.call("gateways", Answers.object(), timeout)));
    } catch (SluiceException | RuntimeException e) {
      // An older gateway doesn't know the question, and one that just went away can't answer: the
      // gateways known so far are still good, and it is asked again after the interval.
    }
    connections.closeUnused(known.all(), System.nanoTime());
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static void pause(Backoff backoff, String what) throws SluiceException {
    try {
      backoff.pause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SluiceException(Reason.UNAVAILABLE, what + " was interrupted between tries", e);
    }
  }

  /** Breaks off whatever is under way. */
  @Override
  public void close() {
    connections.close();
  }
}
