package io.sluice.client;

import io.sluice.client.SluiceException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;

/** A client's connections, one per endpoint, made when first used. Thread-safe. */
final class Connections implements AutoCloseable {

  /** How long a connection that nobody uses stays open once its gateway is no longer live. */
  static final Duration UNUSED_LIMIT = Duration.ofMinutes(5);

  private final BufferAllocator allocator;
  private final Map<Endpoint, Entry> entries = new HashMap<>();
  private boolean closed;

  Connections(BufferAllocator allocator) {
    this.allocator = allocator;
  }

  /**
   * Returns the right to use a connection, which isn't closed before it is given back.
   *
   * @throws SluiceException if the client is closed
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
    return !closed && entry(endpoint).connection.isConnected();
  }

  private Entry entry(Endpoint endpoint) {
    return entries.computeIfAbsent(endpoint, any -> new Entry(new Connection(endpoint, allocator)));
  }

  /** Closes connections that were unused for long and whose endpoint isn't among {@code live}. */
  void closeUnused(Set<Endpoint> live, long nowNanos) {
    List<Connection> unused = new ArrayList<>();
    synchronized (this) {
      for (Iterator<Map.Entry<Endpoint, Entry>> each = entries.entrySet().iterator();
          each.hasNext(); ) {
        Map.Entry<Endpoint, Entry> next = each.next();
        Entry entry = next.getValue();
        if (entry.leases == 0
            && nowNanos - entry.usedNanos >= UNUSED_LIMIT.toNanos()
            && !live.contains(next.getKey())) {
          unused.add(entry.connection);
          each.remove();
        }
      }
    }
    unused.forEach(Connection::close);
  }

  /** Returns how many connections there are. */
  synchronized int size() {
    return entries.size();
  }

  /** Breaks off whatever is under way. */
  @Override
  public void close() {
    List<Connection> open;
    synchronized (this) {
      closed = true;
      open = entries.values().stream().map(entry -> entry.connection).toList();
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
  }
}
