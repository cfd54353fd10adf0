package io.sluice.log.zookeeper;

import io.sluice.catalog.metadata.MetadataStore.Watch;
import java.util.Set;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooKeeper;

/**
 * A watch that stands until it is closed. ZooKeeper's persistent watches stay over a reconnect, but
 * tell nothing of what changed meanwhile, and don't outlive a session: so each connection counts as
 * a change, and each new session is given the watch anew.
 */
final class StandingWatch implements Watch {

  private static final long RETRY_PAUSE_MS = 100;

  private final ZooKeeperSession session;
  private final String path;
  private final Runnable changed;
  private final Set<StandingWatch> standing;
  private final Watcher watcher = this::process;
  private volatile boolean closed;

  /**
   * @param standing the watches that are told of a new session; this one leaves it when closed
   */
  StandingWatch(
      ZooKeeperSession session, String path, Runnable changed, Set<StandingWatch> standing) {
    this.session = session;
    this.path = path;
    this.changed = changed;
    this.standing = standing;
  }

  /** Gives the current session the watch, and tells of a change once it stands. */
  void arm() {
    if (closed) {
      return;
    }
    ZooKeeper client = session.client();
    client.addWatch(
        path,
        watcher,
        AddWatchMode.PERSISTENT,
        (rc, ignoredPath, context) -> {
          if (closed) {
            disarm(client);
          } else if (Code.get(rc) == Code.OK) {
            changed.run();
          } else if (client == session.client()) {
            session.later(this::arm, RETRY_PAUSE_MS);
          }
        },
        null);
  }

  /** Tells of a change that may have been missed. */
  void tell() {
    if (!closed) {
      changed.run();
    }
  }

  private void process(WatchedEvent event) {
    if (!closed && event.getType() != EventType.None) {
      changed.run();
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      standing.remove(this);
      disarm(session.client());
    }
  }

  /** Failing leaves a watch that tells nobody and ends with the session. */
  private void disarm(ZooKeeper client) {
    client.removeWatches(
        path, watcher, Watcher.WatcherType.Any, true, (rc, ignoredPath, context) -> {}, null);
  }
}
