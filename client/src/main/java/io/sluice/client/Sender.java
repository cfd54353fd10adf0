package io.sluice.client;

import io.grpc.StatusRuntimeException;
import io.sluice.catalog.table.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.apache.arrow.memory.ArrowBuf;
import org.jspecify.annotations.Nullable;

/**
 * The thread of one {@link Lane}: sends its batches on a stream, unless whoever appends does it,
 * and opens the next stream when there is something to send after one broke.
 */
final class Sender implements PutStream.Answered {

  private final Cluster cluster;
  private final TableName table;
  private final UUID writerId;
  private final SendState state;
  private final Lane lane;
  private final Thread thread;

  /** Whoever has it sends on the stream, opens or ends it. */
  private final ReentrantLock sending = new ReentrantLock();

  private final List<ArrowBuf> held = new ArrayList<>();
  private final BooleanSupplier over = this::isOver;
  private final BooleanSupplier nothingToSend;
  private @Nullable PutStream stream;
  private Connections.@Nullable Lease lease;
  private boolean silent;
  private volatile boolean reached;

  Sender(Cluster cluster, TableName table, UUID writerId, SendState state, Lane lane) {
    this.cluster = cluster;
    this.table = table;
    this.writerId = writerId;
    this.state = state;
    this.lane = lane;
    this.nothingToSend = () -> state.hasNothingToSend(lane);
    this.thread = new Thread(this::run, "sluice-writer-" + table + "-" + lane.route.via());
    this.thread.setDaemon(true);
  }

  void start() {
    thread.start();
    state.started(lane, this::sendQuickly);
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  void interrupt() {
    thread.interrupt();
  }

  void join(long millis) throws InterruptedException {
    thread.join(millis);
  }

  private void run() {
    try {
      while (state.awaitWork(lane, over)) {
        sending.lock();
        try {
          step();
        } finally {
          sending.unlock();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SluiceException e) {
      state.failAll(e.in("append to table " + table));
    } catch (RuntimeException | Error e) {
      // An Error, too: whoever waits for an answer must not wait for ever.
      state.failAll(unforeseen(e));
    } finally {
      sending.lock();
      try {
        dropStream();
      } finally {
        sending.unlock();
      }
    }
  }

  /** Sends the next batch on the caller's thread, unless that would wait for anything. */
  private void sendQuickly() {
    try {
      if (sending.tryLock()) {
        try {
          PutStream current = stream;
          if (current != null && current.failure() == null && current.isReady()) {
            sendNext(current);
          }
        } finally {
          sending.unlock();
        }
      }
    } catch (RuntimeException | Error e) {
      state.failAll(unforeseen(e));
    } finally {
      state.leave(lane);
    }
  }

  private SluiceException unforeseen(Throwable failure) {
    return FlightErrors.unforeseen(failure).in("append to table " + table);
  }

  private boolean isOver() {
    return stream != null && stream.failure() != null;
  }

  private void step() throws SluiceException {
    PutStream current = stream;
    SluiceException failure = current == null ? null : current.failure();
    if (failure != null) {
      onFailure(failure);
      return;
    }
    if (current != null && state.isOverdue(lane)) {
      silent = true;
      current.onSilence(cluster.settings().callTimeout());
      return;
    }
    if (current == null) {
      current = open();
    }
    if (current.awaitReady(nothingToSend)) {
      sendNext(current);
    }
  }

  private PutStream open() throws SluiceException {
    Connections.Lease taken = cluster.connections().lease(lane.route.via());
    lease = taken;
    taken.connection().connectNow();
    PutStream opened =
        PutStream.open(
            taken.connection(), table, state.schema(), cluster.settings().callTimeout(), this);
    silent = false;
    reached = false;
    stream = opened;
    state.opened(lane, opened);
    return opened;
  }

  private void sendNext(PutStream current) {
    held.clear();
    PendingBatch batch = state.next(lane, held);
    if (batch == null) {
      return;
    }
    try {
      current.send(writerId, batch);
    } catch (StatusRuntimeException | IllegalStateException e) {
      // The call is over; its listener says why.
      if (current.failure() == null) {
        current.onSendFailure(e);
      }
    } finally {
      held.forEach(buffer -> buffer.getReferenceManager().release());
    }
  }

  /**
   * A stream that broke without an answer, or fell silent, tells of a gateway that can't be
   * reached; a forwarded one that is silent may be so because of the owner. A gateway that refuses
   * may believe itself the owner still, so that another one is to be asked who is.
   */
  private void onFailure(SluiceException why) {
    dropStream();
    if (why.fromGateway() || (silent && !lane.route.direct())) {
      cluster.known().demote(lane.route.via());
    } else if (silent || !state.hadAnswer(lane)) {
      cluster.known().failed(lane.route.via(), System.nanoTime());
    }
    state.failed(lane, why.fromGateway() ? why : unreached(why));
  }

  private SluiceException unreached(SluiceException why) {
    List<Endpoint> all = cluster.known().candidates(System.nanoTime());
    return why.in(
        "no answer through "
            + lane.route.via()
            + "; check that one of "
            + all
            + " runs and that this machine reaches it");
  }

  private void dropStream() {
    PutStream current = stream;
    if (current != null) {
      state.dropped(lane);
      stream = null;
      current.close();
    }
    Connections.Lease taken = lease;
    if (taken != null) {
      lease = null;
      taken.close();
    }
  }

  @Override
  public void alive(PutStream from) {
    state.alive(lane, from);
  }

  @Override
  public void durable(PutStream from, List<Appended> results) {
    PendingBatch batch = state.answered(lane, from);
    if (batch == null) {
      return;
    }
    try {
      if (!reached) {
        reached = true;
        cluster.known().reached(lane.route.via());
      }
      batch.release();
      batch.acknowledged().complete(results);
    } finally {
      state.told();
    }
  }

  @Override
  public void failed(PutStream from) {
    state.wake(lane);
  }
}
