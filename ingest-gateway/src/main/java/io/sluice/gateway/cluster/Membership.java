package io.sluice.gateway.cluster;

import io.sluice.catalog.level.RegisteredGateway;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.metadata.MetadataStore.Watch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who lives: announces this gateway by an ephemeral entry, and follows those of the others. What it
 * knows may be old; {@link #confirm} asks. Thread-safe; never blocks.
 */
public final class Membership implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final MetadataStore metadata;
  private final String id;
  private final Map<String, Peer> known = new ConcurrentHashMap<>();
  private final SecretHashes secretHashes = new SecretHashes();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Placement placement = Placement.EMPTY;
  private long askedAgainNanos = System.nanoTime() - ASK_AGAIN_NANOS;
  private long asked;
  private long published;
  private @Nullable Watch watch;
  private boolean closed;

  /**
   * Follows nobody yet; {@link #join} begins.
   *
   * @param id names this gateway, and no other that there ever was
   */
  public Membership(MetadataStore metadata, String id) {
    this.metadata = metadata;
    this.id = id;
  }

  /** Returns this gateway's id. */
  public String id() {
    return id;
  }

  /** Returns who lives, as was last heard. */
  public Placement placement() {
    return placement;
  }

  /**
   * Returns the hash of a gateway's secret, be it about to leave; empty if it isn't known. Then it
   * is asked for, to be known soon.
   */
  public Optional<String> secretHash(String other) {
    Peer live = known.get(other);
    Optional<String> hash =
        live == null
            ? secretHashes.of(other)
            : Optional.of(live.secretHash()).filter(found -> !found.isEmpty());
    if (hash.isEmpty() && mayAskAgain()) {
      refresh();
    }
    return hash;
  }

  /** Whoever makes ids up must not have the store asked for each. */
  private synchronized boolean mayAskAgain() {
    long now = System.nanoTime();
    if (now - askedAgainNanos < ASK_AGAIN_NANOS) {
      return false;
    }
    askedAgainNanos = now;
    return true;
  }

  /** Has {@code listener} run after each change of {@link #placement}; it must not block. */
  public void listen(Runnable listener) {
    listeners.add(listener);
  }

  /**
   * Announces this gateway; completes once it is known who lives. An entry of another gateway at
   * the same address is deleted: whoever listened there is gone, and nobody should wait until its
   * session has expired.
   *
   * @param self has this gateway's id
   */
  public CompletableFuture<Void> join(Peer self) {
    return confirm()
        .thenCompose(before -> deleteFormer(self, before))
        .thenCompose(deleted -> metadata.createEphemeral(MetadataPaths.gateway(id), self.toBytes()))
        .thenCompose(
            announced -> {
              watch();
              return confirm();
            })
        .thenAccept(found -> LOG.info("{} joined {}", self, found));
  }

  private CompletableFuture<Void> deleteFormer(Peer self, Placement before) {
    List<CompletableFuture<Void>> deleted = new ArrayList<>();
    for (Peer peer : before.peers()) {
      if (peer.endpoint().equals(self.endpoint())) {
        LOG.warn("{} was at this address before and is gone; deleting its entry", peer);
        deleted.add(forget(MetadataPaths.gateway(peer.id())));
      }
    }
    return CompletableFuture.allOf(deleted.toArray(CompletableFuture<?>[]::new));
  }

  /** Asks who lives now; at least as new as when it was called. */
  public CompletableFuture<Placement> confirm() {
    return metadata.sync(MetadataPaths.GATEWAYS).thenCompose(synced -> load());
  }

  /** Returns whether a gateway lives, be it about to leave. */
  public CompletableFuture<Boolean> isAlive(String other) {
    return placement.contains(other)
        ? CompletableFuture.completedFuture(true)
        : metadata.read(MetadataPaths.leavingGateway(other)).thenApply(Optional::isPresent);
  }

  /**
   * Takes this gateway out of the placement. The others know until {@link #close} that it still
   * lives, and wait for the buckets that it gives up rather than take them.
   */
  public CompletableFuture<Void> leave() {
    return metadata
        .createEphemeral(MetadataPaths.leavingGateway(id), RegisteredGateway.levelOnly())
        .thenCompose(left -> metadata.delete(MetadataPaths.gateway(id), -1))
        .thenCompose(deleted -> confirm())
        .thenAccept(found -> LOG.info("{} left {}", id, found));
  }

  /** Ends following; the entries go with the session, or at once if the store can be reached. */
  @Override
  public void close() {
    Watch current;
    synchronized (this) {
      closed = true;
      current = watch;
    }
    if (current != null) {
      current.close();
    }
    var unused = forget(MetadataPaths.gateway(id));
    var unusedToo = forget(MetadataPaths.leavingGateway(id));
  }

  /** That it is missing is fine, and that the store is away: then it goes with its session. */
  private CompletableFuture<Void> forget(String path) {
    return metadata.delete(path, -1).exceptionally(failure -> null);
  }

  private synchronized void watch() {
    if (!closed && watch == null) {
      watch = metadata.watch(MetadataPaths.GATEWAYS, this::refresh);
    }
  }

  private void refresh() {
    var unused =
        load()
            .exceptionally(
                failure -> {
                  // The watch tells again once the store can be reached.
                  LOG.warn("can't read who lives: {}", failure.getMessage());
                  return placement;
                });
  }

  private CompletableFuture<Placement> load() {
    long number;
    synchronized (this) {
      number = ++asked;
    }
    return metadata
        .list(MetadataPaths.GATEWAYS)
        .thenCompose(this::peers)
        .thenApply(
            peers -> {
              known.keySet().retainAll(peers.stream().map(Peer::id).toList());
              return publish(number, new Placement(peers));
            });
  }

  private CompletableFuture<List<Peer>> peers(List<String> segments) {
    List<CompletableFuture<Optional<Peer>>> reads = new ArrayList<>();
    segments.forEach(segment -> reads.add(peer(MetadataPaths.text(segment))));
    return CompletableFuture.allOf(reads.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            done -> reads.stream().map(CompletableFuture::join).flatMap(Optional::stream).toList());
  }

  private CompletableFuture<Optional<Peer>> peer(String other) {
    Peer before = known.get(other);
    if (before != null) {
      return CompletableFuture.completedFuture(Optional.of(before));
    }
    return metadata
        .read(MetadataPaths.gateway(other))
        .thenApply(value -> value.flatMap(found -> read(other, found.value())));
  }

  private Optional<Peer> read(String other, byte[] value) {
    try {
      Peer peer = Peer.read(other, value);
      known.put(other, peer);
      secretHashes.add(peer);
      return Optional.of(peer);
    } catch (IOException e) {
      LOG.error("Gateway {} is left out: {}", other, e.getMessage());
      return Optional.empty();
    }
  }

  /** Answers that overtake each other must not bring an old placement back. */
  private Placement publish(long number, Placement found) {
    synchronized (this) {
      if (number < published) {
        return found;
      }
      published = number;
      if (found.equals(placement)) {
        return found;
      }
      placement = found;
    }
    LOG.info("The gateways are {}", found.peers());
    listeners.forEach(Runnable::run);
    return found;
  }
}
