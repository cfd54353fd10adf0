package io.sluice.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.Location;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoint owns which bucket of a table, as last heard. It may be wrong at any time: who
 * finds that out asks for a newer view. However many ask at once, the gateways are asked once.
 * Thread-safe.
 */
final class Placement {

  /** Asks a gateway who owns which bucket. */
  interface Lookup {

    /** Returns what a gateway says. */
    Heard owners() throws SluiceException;
  }

  /**
   * What a gateway says of a table's buckets.
   *
   * @param bucketCount how many there are
   * @param owners by bucket; one whose owner has no usable location is left out
   */
  record Heard(int bucketCount, Map<Integer, Endpoint> owners) {
    Heard {
      owners = Map.copyOf(owners);
    }
  }

  /**
   * What was heard once.
   *
   * @param version counts up from 1; 0 if nothing was heard yet
   * @param heardNanos when, by {@link System#nanoTime}
   * @param heard what
   */
  record View(long version, long heardNanos, Heard heard) {
    boolean olderThan(Duration age) {
      return version == 0 || System.nanoTime() - heardNanos >= age.toNanos();
    }

    @Nullable Endpoint owner(int bucket) {
      return heard.owners().get(bucket);
    }
  }

  /**
   * Whether it is TLS is the client's to say: what a gateway tells must not talk it out of that.
   */
  private static final Set<String> LOCATIONS = Set.of("grpc+tcp", "grpc", "grpc+tls");

  private static final long SHARED_LIMIT_MINUTES = 5;

  private final Lookup lookup;
  private View view = new View(0, 0, new Heard(0, Map.of()));
  private @Nullable CompletableFuture<View> asking;

  Placement(Lookup lookup) {
    this.lookup = lookup;
  }

  /** Returns the newest view. */
  synchronized View current() {
    return view;
  }

  /** Returns the newest view, asking for it if that is older than {@code maxAge}. */
  View youngerThan(Duration maxAge) throws InterruptedException {
    View newest = current();
    return newest.olderThan(maxAge) ? newerThan(newest) : newest;
  }

  /**
   * Returns a newer view than the one that turned out wrong, asking for it unless another caller
   * has done so, or does.
   *
   * @return the same view if no gateway can say more
   */
  View newerThan(View wrong) throws InterruptedException {
    CompletableFuture<View> shared;
    boolean mine = false;
    synchronized (this) {
      if (view.version() > wrong.version()) {
        return view;
      }
      if (asking == null) {
        asking = new CompletableFuture<>();
        mine = true;
      }
      shared = asking;
    }
    return mine ? ask(shared) : await(shared);
  }

  private View ask(CompletableFuture<View> shared) throws InterruptedException {
    Heard heard = null;
    try {
      heard = lookup.owners();
    } catch (SluiceException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException("interrupted while a bucket's owner was asked for");
      }
      // The caller goes on with what is known, at any gateway, and meets the reason there.
    } finally {
      synchronized (this) {
        if (heard != null) {
          view = new View(view.version() + 1, System.nanoTime(), heard);
        }
        asking = null;
      }
      shared.complete(current());
    }
    return current();
  }

  private View await(CompletableFuture<View> shared) throws InterruptedException {
    try {
      return shared.get(SHARED_LIMIT_MINUTES, TimeUnit.MINUTES);
    } catch (ExecutionException | TimeoutException e) {
      // It never fails, and whoever asks is bound by the calls' time limits.
      return current();
    }
  }

  /** Returns the buckets and owners that a gateway's answer names. */
  static Heard owners(FlightInfo info) {
    Map<Integer, Endpoint> owners = new HashMap<>();
    List<FlightEndpoint> endpoints = info.getEndpoints();
    for (int index = 0; index < endpoints.size(); index++) {
      List<Location> locations = endpoints.get(index).getLocations();
      Endpoint owner = locations.isEmpty() ? null : endpoint(locations.get(0).getUri());
      if (owner != null) {
        owners.put(bucket(endpoints.get(index), index), owner);
      }
    }
    return new Heard(endpoints.size(), owners);
  }

  private static int bucket(FlightEndpoint endpoint, int index) {
    try {
      String ticket = new String(endpoint.getTicket().getBytes(), StandardCharsets.UTF_8);
      JsonNode json = Connection.parse("ticket", ticket);
      return json.path("bucket").asInt(index);
    } catch (SluiceException e) {
      // Tickets of another version: the endpoints are in the order of the buckets.
      return index;
    }
  }

  /** Returns null for a location of another kind, such as "where you are connected already". */
  private static @Nullable Endpoint endpoint(URI location) {
    String scheme = location.getScheme();
    String authority = location.getAuthority();
    if (authority == null || !LOCATIONS.contains(String.valueOf(scheme))) {
      return null;
    }
    try {
      return Endpoint.of(authority);
    } catch (IllegalArgumentException e) {
      // Any gateway forwards: a location that can't be read costs a hop.
      return null;
    }
  }
}
