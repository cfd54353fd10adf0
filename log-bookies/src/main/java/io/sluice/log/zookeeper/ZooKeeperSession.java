package io.sluice.log.zookeeper;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one session with ZooKeeper open: a new one follows one that expired. It also counts a
 * session as lost once it has been without a connection for as long as ZooKeeper waits for it: a
 * client that is cut off is not told that its session has ended.
 */
final class ZooKeeperSession implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperSession.class);
  private static final long REOPEN_PAUSE_MS = 200;

  /** Told of what becomes of the session, on a thread of the session: don't block. */
  interface Listener {

    /**
     * There is a connection again; changes may have been missed.
     *
     * @param isNew whether it is another session, without watches and ephemeral nodes
     */
    void connected(boolean isNew);

    /** The session has ended, or may have. */
    void lost();
  }

  private final ZooKeeperSettings settings;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> firstConnection = new CompletableFuture<>();
  private final ScheduledExecutorService timer;

  private volatile @Nullable ZooKeeper client;
  private boolean fresh = true;
  private boolean toldLost;
  private boolean closed;
  private @Nullable ScheduledFuture<?> cutOff;

  private ZooKeeperSession(ZooKeeperSettings settings) {
    this.settings = settings;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "zookeeper-session");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Opens a session; returns once it is connected. */
  static ZooKeeperSession open(ZooKeeperSettings settings)
      throws MetadataException, InterruptedException {
    ZooKeeperSession session = new ZooKeeperSession(settings);
    try {
      session.connect();
      session.firstConnection.get(settings.callTimeout().toMillis(), TimeUnit.MILLISECONDS);
      return session;
    } catch (IOException | ExecutionException | TimeoutException e) {
      session.close();
      throw new MetadataException(
          Kind.UNAVAILABLE,
          "no session with ZooKeeper at "
              + settings.connectString()
              + " within "
              + settings.callTimeout()
              + ": see that it is up"
              + (settings.tls().enabled()
                  ? ", that this port of its is the one for TLS, that its certificate is of a CA in"
                      + " zookeeper.tls.ca and for this host, and that it takes ours"
                  : ", and whether this port of its wants TLS: zookeeper.tls.certificate-and-key"),
          e);
    } catch (InterruptedException e) {
      session.close();
      throw e;
    }
  }

  /** Tells {@code listener} of what follows. */
  void listen(Listener listener) {
    listeners.add(listener);
  }

  /** Returns whether {@link #close} was called. */
  synchronized boolean isClosed() {
    return closed;
  }

  /** Returns the client of the current session, which may have ended. */
  ZooKeeper client() {
    ZooKeeper current = client;
    if (current == null) {
      throw new IllegalStateException("the session with ZooKeeper is not open");
    }
    return current;
  }

  /** Runs {@code task} after a pause, unless the session is closed by then. */
  void later(Runnable task, long pauseMs) {
    synchronized (this) {
      if (!closed) {
        var unused = timer.schedule(task, pauseMs, TimeUnit.MILLISECONDS);
      }
    }
  }

  private synchronized void connect() throws IOException {
    if (closed) {
      return;
    }
    fresh = true;
    int timeoutMs = (int) settings.sessionTimeout().toMillis();
    // An event of the new client waits for this method to end, by the lock.
    ZKClientConfig config = new ZKClientConfig();
    settings.tls().properties().forEach(config::setProperty);
    client = new ZooKeeper(settings.connectString(), timeoutMs, this::process, false, config);
  }

  private void process(WatchedEvent event) {
    if (event.getType() != EventType.None) {
      return;
    }
    switch (event.getState()) {
      case SyncConnected -> onConnected();
      case Disconnected -> onDisconnected();
      case Expired -> onExpired();
      case AuthFailed -> LOG.error("ZooKeeper at {} refused us", settings.connectString());
      default -> LOG.debug("ZooKeeper session: {}", event);
    }
  }

  private void onConnected() {
    boolean isNew;
    synchronized (this) {
      cancelCutOff();
      isNew = fresh;
      fresh = false;
      toldLost = false;
    }
    firstConnection.complete(null);
    listeners.forEach(listener -> listener.connected(isNew));
  }

  private synchronized void onDisconnected() {
    ZooKeeper current = client;
    if (closed || current == null) {
      return;
    }
    cancelCutOff();
    int grantedMs = current.getSessionTimeout();
    long waitMs = grantedMs > 0 ? grantedMs : settings.sessionTimeout().toMillis();
    cutOff = timer.schedule(this::tellLost, waitMs, TimeUnit.MILLISECONDS);
  }

  private void onExpired() {
    LOG.warn("the session with ZooKeeper at {} expired; opening another", settings.connectString());
    synchronized (this) {
      cancelCutOff();
    }
    tellLost();
    later(this::reopen, 0);
  }

  private void reopen() {
    try {
      ZooKeeper before = client;
      connect();
      if (before != null) {
        before.close(0);
      }
    } catch (IOException e) {
      LOG.warn("can't open a session with ZooKeeper; trying again", e);
      later(this::reopen, REOPEN_PAUSE_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tellLost() {
    synchronized (this) {
      if (closed || toldLost) {
        return;
      }
      toldLost = true;
    }
    listeners.forEach(Listener::lost);
  }

  private synchronized void cancelCutOff() {
    if (cutOff != null) {
      cutOff.cancel(false);
      cutOff = null;
    }
  }

  /** Ends the session; its ephemeral nodes go at once if ZooKeeper can be reached. */
  @Override
  public void close() {
    ZooKeeper current;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      current = client;
      timer.shutdownNow();
    }
    if (current != null) {
      try {
        current.close((int) settings.callTimeout().toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
