package io.sluice.testing.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.bucket.TransactionKey;
import io.sluice.log.append.AppendException;
import io.sluice.log.append.AppendException.Reason;
import io.sluice.log.append.Appended;
import io.sluice.log.append.RowBatch;
import io.sluice.log.frame.WriterSequence;
import io.sluice.testing.append.Follower.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A sink that writes transactions, and commits them until it is told that they are committed. Now
 * and then it gives up what it has and draws another epoch, as one that was restored does.
 */
final class SimulatedTransactions {

  private static final int MOST_IN_FLIGHT = 4;

  /** What a batch is made of. */
  private record Batch(TransactionKey key, long sequence, List<Integer> frameRows, int padding) {
    int rows() {
      return frameRows.stream().mapToInt(rows -> rows).sum();
    }
  }

  /** A transaction, and what was sent of it. */
  private static final class Begun {
    final TransactionKey key;
    final List<Batch> batches = new ArrayList<>();

    Begun(TransactionKey key) {
      this.key = key;
    }

    long rows() {
      return batches.stream().mapToLong(Batch::rows).sum();
    }
  }

  private final AppendWorld world;
  private final Random random;
  private final List<Batch> inFlight = new ArrayList<>();
  private final List<Begun> prepared = new ArrayList<>();
  private final List<Begun> committed = new ArrayList<>();
  private final List<Begun> givenUp = new ArrayList<>();
  private boolean committing;
  private Begun open;
  private int attempt;
  private String lastFailure = "";

  SimulatedTransactions(AppendWorld world) {
    this.world = world;
    this.random = world.random;
    this.open = new Begun(new TransactionKey(newEpoch(), 0));
  }

  private UUID newEpoch() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  boolean idle() {
    return inFlight.isEmpty() && prepared.isEmpty() && !committing;
  }

  @Override
  public String toString() {
    return open.key + ", in flight " + inFlight + ", prepared " + prepared + ", " + lastFailure;
  }

  /** Sends the next batch of the open transaction. */
  void send() {
    if (inFlight.size() >= MOST_IN_FLIGHT
        || (!inFlight.isEmpty()
            && open.batches.size() - inFlight.get(0).sequence()
                >= AppendWorld.RESULTS_PER_WRITER)) {
      return;
    }
    List<Integer> frameRows = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      frameRows.add(1 + random.nextInt(5));
    }
    int padding = random.nextInt(4) == 0 ? 40_000 : random.nextInt(100);
    Batch batch = new Batch(open.key, open.batches.size(), frameRows, padding);
    open.batches.add(batch);
    inFlight.add(batch);
    send(batch);
  }

  /** Sends a batch that is in flight once more, as an impatient client would. */
  void repeat() {
    if (!inFlight.isEmpty()) {
      send(inFlight.get(random.nextInt(inFlight.size())));
    }
  }

  /** Sends the last batch of a transaction that was prepared, may have been committed, again. */
  void repeatOld() {
    Begun old = !prepared.isEmpty() ? prepared.get(0) : last(committed);
    if (old != null) {
      Batch batch = old.batches.get(old.batches.size() - 1);
      var unused = world.log().thenCompose(log -> log.append(rows(batch)));
    }
  }

  private static @Nullable Begun last(List<Begun> all) {
    return all.isEmpty() ? null : all.get(all.size() - 1);
  }

  private RowBatch rows(Batch batch) {
    return world.batch(batch.key(), batch.sequence(), batch.frameRows(), batch.padding());
  }

  private void send(Batch batch) {
    int mine = attempt;
    var unused =
        world
            .log()
            .thenCompose(log -> log.append(rows(batch)))
            .whenComplete((appended, failure) -> answered(batch, mine, appended, failure));
  }

  private void answered(
      Batch batch, int mine, @Nullable Appended appended, @Nullable Throwable failure) {
    if (appended != null) {
      inFlight.remove(batch);
      return;
    }
    AppendException why = cause("batch " + batch, failure);
    if (mine != attempt || !inFlight.contains(batch)) {
      return;
    }
    if (why.reason() == Reason.SEQUENCE_REGRESSION
        || (why.reason() == Reason.TRANSACTION && batch.equals(inFlight.get(0)))) {
      throw world.failure("batch " + batch + " was refused: " + why.getMessage());
    }
    attempt++;
    world.time.after(Duration.ofMillis(1 + random.nextInt(100)), this::resend);
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

  private AppendException cause(String what, @Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
    if (!(cause instanceof AppendException e) || e.reason() == Reason.STOPPED) {
      throw world.failure(what + " failed: " + cause);
    }
    lastFailure = String.valueOf(e.getMessage());
    return e;
  }

  /** Ends the open transaction, once all of it is durable. */
  void prepare() {
    if (inFlight.isEmpty() && !open.batches.isEmpty()) {
      prepared.add(open);
      open = new Begun(new TransactionKey(open.key.writerEpoch(), open.key.n() + 1));
    }
  }

  /** Commits what is prepared, in order, each until that is known. */
  void commit() {
    if (!committing && !prepared.isEmpty()) {
      committing = true;
      commit(prepared.get(0));
    }
  }

  private void commit(Begun next) {
    var unused =
        world
            .log()
            .thenCompose(log -> log.commit(next.key, next.rows()))
            .whenComplete(
                (done, failure) -> {
                  if (failure == null) {
                    committing = false;
                    prepared.remove(next);
                    committed.add(next);
                    commit();
                    return;
                  }
                  AppendException why = cause("commit of " + next.key, failure);
                  if (why.reason() == Reason.TRANSACTION) {
                    throw world.failure("commit of " + next.key + ": " + why.getMessage());
                  }
                  world.time.after(Duration.ofMillis(1 + random.nextInt(100)), () -> commit(next));
                });
  }

  /** Commits once more what has been committed, as one that is restored does. */
  void commitAgain() {
    Begun old = last(committed);
    if (old == null) {
      return;
    }
    var unused =
        world
            .log()
            .thenCompose(log -> log.commit(old.key, old.rows()))
            .whenComplete(
                (done, failure) -> {
                  if (failure != null
                      && cause("commit again", failure).reason() == Reason.TRANSACTION) {
                    throw world.failure("commit again of " + old.key + ": " + failure);
                  }
                });
  }

  /** Goes on in another epoch, and aborts what isn't prepared, or leaves it to expire. */
  void restore() {
    attempt++;
    inFlight.clear();
    Begun left = open;
    givenUp.add(left);
    open = new Begun(new TransactionKey(newEpoch(), 0));
    if (random.nextBoolean()) {
      var unused = world.log().thenCompose(log -> log.abort(left.key));
    }
  }

  /** Compares what was committed with what is in the log. */
  void audit(List<Seen> all) {
    for (Begun transaction : givenUp) {
      boolean epochCommitted =
          committed.stream()
              .anyMatch(c -> c.key.writerEpoch().equals(transaction.key.writerEpoch()));
      if (!epochCommitted) {
        assertThat(of(transaction.key.writerEpoch(), all)).isEmpty();
      }
    }
    for (UUID epoch :
        committed.stream().map(begun -> begun.key.writerEpoch()).distinct().toList()) {
      List<String> expected = new ArrayList<>();
      for (Begun transaction : committed) {
        if (transaction.key.writerEpoch().equals(epoch)) {
          transaction.batches.forEach(batch -> expected.add(text(batch)));
        }
      }
      assertThat(whole(of(epoch, all))).as("batches of %s", epoch).isEqualTo(expected);
    }
    contiguous(all);
  }

  private static String text(Batch batch) {
    return batch.sequence() + ": " + batch.rows();
  }

  private static List<Seen> of(UUID epoch, List<Seen> all) {
    return all.stream()
        .filter(
            frame -> {
              WriterSequence writer = frame.header().writer();
              return writer != null && writer.writerId().equals(epoch);
            })
        .toList();
  }

  private static List<String> whole(List<Seen> frames) {
    List<String> batches = new ArrayList<>();
    int row = 0;
    for (Seen frame : frames) {
      assertThat(frame.header().firstRow()).isEqualTo(row);
      row += frame.header().rows();
      if (row == frame.header().batchRows()) {
        WriterSequence writer = frame.header().writer();
        batches.add((writer == null ? -1 : writer.sequence()) + ": " + row);
        row = 0;
      }
    }
    assertThat(row).as("rows of a batch in part").isZero();
    return batches;
  }

  /** All rows of a transaction have one time, and no others are between them. */
  private void contiguous(List<Seen> all) {
    for (Begun transaction : committed) {
      List<Seen> own = of(transaction.key.writerEpoch(), all);
      int first = 0;
      for (Begun before : committed) {
        if (before == transaction) {
          break;
        }
        if (before.key.writerEpoch().equals(transaction.key.writerEpoch())) {
          first += before.batches.stream().mapToInt(batch -> batch.frameRows().size()).sum();
        }
      }
      int frames = transaction.batches.stream().mapToInt(batch -> batch.frameRows().size()).sum();
      List<Seen> its = own.subList(first, first + frames);
      assertThat(its.get(frames - 1).endOffset() - its.get(0).offset())
          .as("rows of %s without others between", transaction.key)
          .isEqualTo(transaction.rows());
      assertThat(its.stream().map(Seen::timeMicros).distinct()).hasSize(1);
    }
  }
}
