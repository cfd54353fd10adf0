package io.sluice.client;

import io.grpc.ClientInterceptor;
import io.sluice.client.SluiceException.Origin;
import io.sluice.client.SluiceException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * A client's connections, made when first used: one per endpoint, and further ones where one has as
 * many users as a gateway takes calls on it. Thread-safe.
 */
final class Connections implements AutoCloseable {

  /**
   * A gateway takes 128 calls at once on a connection; one more would wait, without a word, until
   * another ends. Some room is for short calls beside a lease's own.
   */
  static final int MOST_LEASES = 100;

  /** How long a connection that nobody uses stays open once its gateway is no longer live. */
  static final Duration UNUSED_LIMIT = Duration.ofMinutes(5);

  private final BufferAllocator allocator;
  private final ClientSecurity security;
  private final List<ClientInterceptor> interceptors;
  private final Map<Endpoint, List<Entry>> entries = new HashMap<>();
  private @Nullable ClientTls tls;
  private boolean closed;

  Connections(BufferAllocator allocator) {
    this(allocator, ClientSecurity.NONE);
  }

  Connections(BufferAllocator allocator, ClientSecurity security) {
    this(allocator, security, List.of());
  }

  /** Makes none yet; each call on them goes through {@code interceptors}. */
  Connections(
      BufferAllocator allocator, ClientSecurity security, List<ClientInterceptor> interceptors) {
    this.allocator = allocator;
    this.security = security;
    this.interceptors = List.copyOf(interceptors);
  }

  /**
   * Returns the right to use a connection, which isn't closed before it is given back.
   *
   * @throws SluiceException CLOSED; INVALID if the files for TLS can't be used
   */
  synchronized Lease lease(Endpoint endpoint) throws SluiceException {
    if (closed) {
      throw new SluiceException(Reason.CLOSED, "the client is closed");
    }
    Entry entry = entry(endpoint);
    entry.leases++;
    return new Lease(this, entry);
  }

  /** Returns whether an endpoint is connected; if not, it begins to connect. */
  synchronized boolean isConnected(Endpoint endpoint) {
    try {
      return !closed && entry(endpoint).connection.isConnected();
    } catch (SluiceException e) {
      // Whoever leases it is told why.
      return false;
    }
  }

  private Entry entry(Endpoint endpoint) throws SluiceException {
    List<Entry> all = entries.computeIfAbsent(endpoint, any -> new ArrayList<>());
    for (Entry entry : all) {
      if (entry.leases < MOST_LEASES) {
        return entry;
      }
    }
    Entry fresh =
        new Entry(new Connection(endpoint, allocator, security.credentials(), tls(), interceptors));
    all.add(fresh);
    return fresh;
  }

  /** One for all: what it has read stays good while files are being replaced. */
  private @Nullable ClientTls tls() throws SluiceException {
    if (tls == null && security.tls()) {
      try {
        tls = ClientTls.of(security);
      } catch (IOException e) {
        String why = String.valueOf(e.getMessage());
        throw new SluiceException(Reason.INVALID, "TLS", why, Origin.NOT_SENT, e);
      }
    }
    return tls;
  }

  /** Closes connections that were unused for long and whose endpoint isn't among {@code live}. */
  void closeUnused(Set<Endpoint> live, long nowNanos) {
    List<Connection> unused = new ArrayList<>();
    synchronized (this) {
      for (Iterator<Map.Entry<Endpoint, List<Entry>>> each = entries.entrySet().iterator();
          each.hasNext(); ) {
        Map.Entry<Endpoint, List<Entry>> next = each.next();
        // The first one of a live gateway will be used again.
        int keep = live.contains(next.getKey()) ? 1 : 0;
        List<Entry> all = next.getValue();
        for (int i = all.size() - 1; i >= keep; i--) {
          if (all.get(i).isUnusedSince(nowNanos - UNUSED_LIMIT.toNanos())) {
            unused.add(all.remove(i).connection);
          }
        }
        if (all.isEmpty()) {
          each.remove();
        }
      }
    }
    unused.forEach(Connection::close);
  }

  /** Returns how many connections there are. */
  synchronized int size() {
    return entries.values().stream().mapToInt(List::size).sum();
  }

  /** Breaks off whatever is under way. */
  @Override
  public void close() {
    List<Connection> open;
    synchronized (this) {
      closed = true;
      open = entries.values().stream().flatMap(List::stream).map(e -> e.connection).toList();
      entries.clear();
    }
    open.forEach(Connection::close);
  }

  private synchronized void giveBack(Entry entry) {
    entry.leases--;
    entry.usedNanos = System.nanoTime();
  }

  /** A connection in use by one caller; to be closed once. */
  static final class Lease implements AutoCloseable {
    private final Connections connections;
    private final Entry entry;

    private Lease(Connections connections, Entry entry) {
      this.connections = connections;
      this.entry = entry;
    }

    Connection connection() {
      return entry.connection;
    }

    @Override
    public void close() {
      connections.giveBack(entry);
    }
  }

  private static final class Entry {
    final Connection connection;
    int leases;
    long usedNanos = System.nanoTime();

    Entry(Connection connection) {
      this.connection = connection;
    }

    boolean isUnusedSince(long nanos) {
      return leases == 0 && usedNanos - nanos <= 0;
    }
  }
}
