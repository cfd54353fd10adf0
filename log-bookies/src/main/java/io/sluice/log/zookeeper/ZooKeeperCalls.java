package io.sluice.log.zookeeper;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;

/**
 * Calls of ZooKeeper with a limit to their time. A read is tried again until then while the
 * connection is away; a change is sent once, and its outcome is unknown if no answer comes.
 */
final class ZooKeeperCalls {

  private static final byte[] NOTHING = {};
  private static final long RETRY_PAUSE_MS = 50;

  private final ZooKeeperSession session;
  private final Duration timeout;
  private final List<ACL> access;

  ZooKeeperCalls(ZooKeeperSession session, ZooKeeperSettings settings) {
    this.session = session;
    this.timeout = settings.callTimeout();
    this.access = settings.tls().acl() ? Ids.CREATOR_ALL_ACL : Ids.OPEN_ACL_UNSAFE;
  }

  /** Takes the answer of one call. */
  interface Answer<T> {
    /** The call did what was asked. */
    void ok(T value);

    /** The call failed, or found something else. */
    void failed(Code code);
  }

  /** One call, to be sent to the client it is given. */
  interface Call<T> {
    void send(ZooKeeper client, Answer<T> answer);
  }

  /** Sends a read, again and again while the connection is away. */
  <T> CompletableFuture<T> read(String what, Call<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    sendRead(what, call, result);
    limit(Kind.UNAVAILABLE, what, result);
    return result;
  }

  private <T> void sendRead(String what, Call<T> call, CompletableFuture<T> result) {
    if (result.isDone()) {
      return;
    }
    call.send(
        session.client(),
        new Answer<>() {
          @Override
          public void ok(T value) {
            result.complete(value);
          }

          @Override
          public void failed(Code code) {
            if (ZooKeeperFailures.passes(code) && !session.isClosed()) {
              session.later(() -> sendRead(what, call, result), RETRY_PAUSE_MS);
            } else {
              result.completeExceptionally(ZooKeeperFailures.read(what, code));
            }
          }
        });
  }

  /** Sends a change once. */
  <T> CompletableFuture<T> change(String what, Call<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    call.send(session.client(), answerOnce(what, result));
    limit(Kind.UNKNOWN, what, result);
    return result;
  }

  /**
   * Creates a node, and its parents if they are missing, which stay.
   *
   * @return the session that the call was sent in
   */
  CompletableFuture<ZooKeeper> create(String what, String node, byte[] value, CreateMode mode) {
    CompletableFuture<ZooKeeper> result = new CompletableFuture<>();
    sendCreate(what, node, value, mode, result);
    limit(Kind.UNKNOWN, what, result);
    return result;
  }

  private void sendCreate(
      String what,
      String node,
      byte[] value,
      CreateMode mode,
      CompletableFuture<ZooKeeper> result) {
    ZooKeeper client = session.client();
    Answer<ZooKeeper> answer = answerOnce(what, result);
    client.create(
        node,
        value,
        access,
        mode,
        (rc, path, context, name) -> {
          Code code = Code.get(rc);
          if (code == Code.OK) {
            answer.ok(client);
          } else if (code == Code.NONODE && !result.isDone()) {
            makeParents(
                node,
                failure -> {
                  if (failure == Code.OK) {
                    sendCreate(what, node, value, mode, result);
                  } else {
                    // The node itself was refused, and not asked for again since.
                    result.completeExceptionally(
                        ZooKeeperFailures.read(what + ", making its parents", failure));
                  }
                });
          } else {
            answer.failed(code);
          }
        },
        null);
  }

  /** Makes all that is missing above {@code node}; {@code done} gets OK or what failed. */
  private void makeParents(String node, Consumer<Code> done) {
    int end = node.lastIndexOf('/');
    if (end <= 0) {
      done.accept(Code.OK);
      return;
    }
    String parent = node.substring(0, end);
    session
        .client()
        .create(
            parent,
            NOTHING,
            access,
            CreateMode.PERSISTENT,
            (rc, path, context, name) -> {
              Code code = Code.get(rc);
              if (code == Code.OK || code == Code.NODEEXISTS) {
                done.accept(Code.OK);
              } else if (code == Code.NONODE) {
                makeParents(
                    parent,
                    above -> {
                      if (above == Code.OK) {
                        makeParents(node, done);
                      } else {
                        done.accept(above);
                      }
                    });
              } else {
                done.accept(code);
              }
            },
            null);
  }

  private static <T> Answer<T> answerOnce(String what, CompletableFuture<T> result) {
    return new Answer<>() {
      @Override
      public void ok(T value) {
        result.complete(value);
      }

      @Override
      public void failed(Code code) {
        result.completeExceptionally(ZooKeeperFailures.change(what, code));
      }
    };
  }

  private <T> void limit(Kind kind, String what, CompletableFuture<T> result) {
    var unused =
        result
            .copy()
            .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (value, error) -> {
                  if (error instanceof TimeoutException) {
                    result.completeExceptionally(
                        new MetadataException(kind, what + ": " + noAnswer()));
                  }
                });
  }

  private String noAnswer() {
    return "no answer from ZooKeeper within " + timeout;
  }
}
