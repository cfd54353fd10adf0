package io.sluice.testing.segment;

import io.netty.buffer.ByteBuf;
import io.sluice.log.append.LogTime;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.Sealed;
import io.sluice.log.segment.SegmentException;
import io.sluice.log.segment.SegmentException.Kind;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentStore;
import io.sluice.log.segment.SegmentWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes another store slow and unreliable, at random: a call fails before it is done, or is done
 * and fails all the same, or an add never answers. Adds stay in order; after one that failed, all
 * later ones of its ledger fail.
 */
public final class FlakySegmentStore implements SegmentStore {

  /**
   * How often, and how slow.
   *
   * @param failBefore share of calls that fail and do nothing, 0 to 1
   * @param failAfter share of calls that fail although they were done, 0 to 1
   * @param silent share of adds that are never answered, done or not
   * @param delay the longest time that a call takes to arrive, and its answer to come back
   */
  public record Faults(double failBefore, double failAfter, double silent, Duration delay) {

    /** None, and no delay. */
    public static final Faults NONE = new Faults(0, 0, 0, Duration.ZERO);
  }

  private final SegmentStore store;
  private final Random random;
  private final LogTime time;
  private Faults faults;
  private double throwing;

  /**
   * @param time where delays pass
   */
  public FlakySegmentStore(SegmentStore store, Random random, LogTime time, Faults faults) {
    this.store = store;
    this.random = random;
    this.time = time;
    this.faults = faults;
  }

  /** Changes what goes wrong from now on. */
  public void faults(Faults other) {
    faults = other;
  }

  /**
   * From now on an add throws, as when memory runs out.
   *
   * @param share of adds that do, and aren't done, 0 to 1
   */
  public void throwing(double share) {
    throwing = share;
  }

  @Override
  public CompletableFuture<SegmentWriter> create(SegmentId id, Replication replication) {
    return act("create", () -> store.create(id, replication)).thenApply(Writer::new);
  }

  @Override
  public CompletableFuture<Sealed> recover(long ledgerId) {
    return act("recover " + ledgerId, () -> store.recover(ledgerId));
  }

  @Override
  public CompletableFuture<SegmentReader> open(long ledgerId) {
    return act("open " + ledgerId, () -> store.open(ledgerId)).thenApply(Reader::new);
  }

  @Override
  public CompletableFuture<Void> delete(long ledgerId) {
    return act("delete " + ledgerId, () -> store.delete(ledgerId));
  }

  @Override
  public CompletableFuture<Map<Long, SegmentId>> list() {
    return act("list", store::list);
  }

  @Override
  public void close() {
    store.close();
  }

  private <T> CompletableFuture<T> act(String what, Supplier<CompletableFuture<T>> call) {
    double chance = random.nextDouble();
    CompletableFuture<T> result = new CompletableFuture<>();
    if (chance < faults.failBefore()) {
      later(() -> fail(result, Kind.UNAVAILABLE, what + " was not done"));
    } else if (chance < faults.failBefore() + faults.failAfter()) {
      later(
          () -> {
            var unused = call.get();
            later(() -> fail(result, Kind.UNKNOWN, "no answer to " + what));
          });
    } else {
      later(
          () -> {
            var unused = call.get().whenComplete((v, e) -> later(() -> settle(result, v, e)));
          });
    }
    return result;
  }

  private void later(Runnable task) {
    time.after(randomDelay(), task);
  }

  private Duration randomDelay() {
    long micros = faults.delay().toNanos() / 1000;
    return Duration.ofNanos(1000 * (micros == 0 ? 0 : random.nextLong(micros)));
  }

  private static void fail(CompletableFuture<?> result, Kind kind, String message) {
    result.completeExceptionally(new SegmentException(kind, message + ", by design of this test"));
  }

  private static <T> void settle(
      CompletableFuture<T> result, T value, @Nullable Throwable failure) {
    if (failure != null) {
      result.completeExceptionally(failure);
    } else {
      result.complete(value);
    }
  }

  private final class Writer implements SegmentWriter {
    private final SegmentWriter writer;
    private CompletableFuture<?> lastArrival = CompletableFuture.completedFuture(null);
    private CompletableFuture<?> lastAnswer = CompletableFuture.completedFuture(null);
    private boolean broken;

    Writer(SegmentWriter writer) {
      this.writer = writer;
    }

    @Override
    public long ledgerId() {
      return writer.ledgerId();
    }

    @Override
    public CompletableFuture<Long> add(ByteBuf entry) {
      if (throwing > 0 && random.nextDouble() < throwing) {
        broken = true;
        entry.release();
        throw new OutOfMemoryError("no memory for an add, by design of this test");
      }
      double chance = random.nextDouble();
      boolean silent = chance < faults.silent();
      chance -= faults.silent();
      boolean before = !silent && chance < faults.failBefore();
      boolean after = !silent && !before && chance < faults.failBefore() + faults.failAfter();
      boolean lost = broken || before || (silent && random.nextBoolean());
      broken |= silent || before || after;
      CompletableFuture<Long> done = new CompletableFuture<>();
      CompletableFuture<Void> arrival = delayed(lastArrival);
      lastArrival = arrival;
      var unused =
          arrival.thenRun(
              () -> {
                if (lost) {
                  entry.release();
                  fail(done, Kind.UNKNOWN, "an add was not done");
                } else {
                  var unusedToo = writer.add(entry).whenComplete((id, e) -> settle(done, id, e));
                }
              });
      CompletableFuture<Long> answer = new CompletableFuture<>();
      CompletableFuture<?> turn = CompletableFuture.allOf(done.handle((i, e) -> i), lastAnswer);
      lastAnswer = silent ? new CompletableFuture<>() : answer.handle((id, e) -> id);
      if (!silent) {
        var unusedTurn =
            delayed(turn)
                .thenRun(
                    () -> {
                      if (after) {
                        fail(answer, Kind.UNKNOWN, "no answer to an add");
                      } else {
                        var unusedAnswer = done.whenComplete((id, e) -> settle(answer, id, e));
                      }
                    });
      }
      return answer;
    }

    private CompletableFuture<Void> delayed(CompletableFuture<?> previous) {
      CompletableFuture<Void> delayed = new CompletableFuture<>();
      Duration delay = randomDelay();
      var unused = previous.thenRun(() -> time.after(delay, () -> delayed.complete(null)));
      return delayed;
    }

    @Override
    public CompletableFuture<Sealed> seal() {
      return act("seal " + writer.ledgerId(), writer::seal);
    }
  }

  private final class Reader implements SegmentReader {
    private final SegmentReader reader;

    Reader(SegmentReader reader) {
      this.reader = reader;
    }

    @Override
    public long ledgerId() {
      return reader.ledgerId();
    }

    @Override
    public boolean sealed() {
      return reader.sealed();
    }

    @Override
    public long lastEntryId() {
      return reader.lastEntryId();
    }

    @Override
    public CompletableFuture<List<ByteBuf>> read(long first, long end) {
      if (random.nextDouble() < faults.failBefore()) {
        CompletableFuture<List<ByteBuf>> failed = new CompletableFuture<>();
        later(() -> fail(failed, Kind.UNAVAILABLE, "a read of " + reader.ledgerId() + " failed"));
        return failed;
      }
      CompletableFuture<List<ByteBuf>> result = new CompletableFuture<>();
      later(
          () -> {
            var unused = reader.read(first, end).whenComplete((b, e) -> settle(result, b, e));
          });
      return result;
    }

    @Override
    public void close() {
      reader.close();
    }
  }
}
