package io.sluice.testing.append;

import io.sluice.log.append.AppendException;
import io.sluice.log.append.AppendException.Reason;
import io.sluice.log.append.Appended;
import io.sluice.log.frame.WriterSequence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A client that has several batches in flight, and sends all that aren't acknowledged again, in
 * order, when one failed.
 */
final class SimulatedWriter {

  private static final int MOST_IN_FLIGHT = 4;

  /** What a batch is made of. */
  record Batch(long sequence, List<Integer> frameRows, int padding) {}

  final UUID id;
  final Map<Long, Batch> sent = new TreeMap<>();
  final Map<Long, Appended> acknowledged = new TreeMap<>();
  private final AppendWorld world;
  private final Random random;
  private final List<Batch> inFlight = new ArrayList<>();
  private String lastFailure = "";
  private int attempt;
  private long nextSequence;

  SimulatedWriter(AppendWorld world) {
    this.world = world;
    this.random = world.random;
    this.id = new UUID(random.nextLong(), random.nextLong());
  }

  boolean idle() {
    return inFlight.isEmpty();
  }

  @Override
  public String toString() {
    return id + ", in flight " + inFlight + ", attempt " + attempt + ", " + lastFailure;
  }

  /** Sends the next batch, if not too many are in flight. */
  void send() {
    if (inFlight.size() >= MOST_IN_FLIGHT || spanIsFull()) {
      return;
    }
    List<Integer> frameRows = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      frameRows.add(1 + random.nextInt(5));
    }
    int padding = random.nextInt(4) == 0 ? 40_000 : random.nextInt(100);
    Batch batch = new Batch(nextSequence++, frameRows, padding);
    sent.put(batch.sequence(), batch);
    inFlight.add(batch);
    send(batch);
  }

  /** No more may follow an unanswered batch than the log remembers results. */
  private boolean spanIsFull() {
    return !inFlight.isEmpty()
        && nextSequence - inFlight.get(0).sequence() >= AppendWorld.RESULTS_PER_WRITER;
  }

  /** Sends a batch that is in flight once more, as an impatient client would. */
  void repeat() {
    if (!inFlight.isEmpty()) {
      send(inFlight.get(random.nextInt(inFlight.size())));
    }
  }

  /** Sends an acknowledged batch again. */
  void repeatOld() {
    if (acknowledged.containsKey(nextSequence - 2)) {
      send(sent.get(nextSequence - 2));
    }
  }

  private void send(@Nullable Batch batch) {
    if (batch == null) {
      return;
    }
    int mine = attempt;
    var unused =
        world
            .log()
            .thenCompose(
                log ->
                    log.append(
                        world.batch(
                            new WriterSequence(id, batch.sequence()),
                            batch.frameRows(),
                            batch.padding())))
            .whenComplete((appended, failure) -> answered(batch, mine, appended, failure));
  }

  private void answered(
      Batch batch, int mine, @Nullable Appended appended, @Nullable Throwable failure) {
    if (appended != null) {
      Appended before = acknowledged.putIfAbsent(batch.sequence(), appended);
      if (before != null && !before.equals(appended)) {
        throw world.failure("batch " + batch + " got " + before + ", then " + appended);
      }
      inFlight.remove(batch);
      return;
    }
    Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
    if (!(cause instanceof AppendException e) || e.reason() == Reason.STOPPED) {
      throw world.failure("batch " + batch + " failed: " + cause);
    }
    lastFailure = String.valueOf(cause.getMessage());
    if (mine != attempt) {
      return;
    }
    if (e.reason() == Reason.SEQUENCE_REGRESSION
        || (e.reason() == Reason.UNKNOWN_WRITER && batch.equals(inFlight.get(0)))) {
      throw world.failure("batch " + batch + " failed: " + cause);
    }
    attempt++;
    world.time.after(Duration.ofMillis(1 + random.nextInt(50)), this::resend);
  }

  private void resend() {
    int mine = attempt;
    for (Batch batch : List.copyOf(inFlight)) {
      if (attempt != mine) {
        return; // One was refused at once: all are sent again after its pause.
      }
      send(batch);
    }
  }
}
