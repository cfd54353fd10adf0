package io.sluice.catalog.bucket;

import static java.util.Objects.requireNonNull;

import io.sluice.catalog.bucket.BucketRecordCodec.Stored;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.metadata.MetadataStore.Versioned;
import io.sluice.catalog.table.BucketId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Bucket records in a {@link MetadataStore}. */
public final class StoredBucketRecords implements BucketRecords {

  /*
   * A write whose answer was lost may have been applied, or may yet be. So each write leaves a mark of
   * its own in the record, and the record keeps the newest of them: whoever finds its mark knows that
   * its write was applied, and which one; whoever finds only the mark of the write before its own
   * knows that it was not, and never will be, because the version has moved on. Comparing states
   * instead can't tell two gateways apart that made the same step.
   */

  /**
   * How many marks a record keeps; a writer in doubt that is overtaken by more can't tell any more.
   */
  static final int MARKS = 32;

  /**
   * What a step that adds segments leaves for those that make the record small again: it is claimed
   * for that, and the lake's offset raised.
   */
  private static final int SPARE_BYTES = 50_000;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(10);

  private final MetadataStore store;
  private final Duration limit;
  private final Duration longestPause;

  /** Keeps records in {@code store}; an update is given up after 30 seconds. */
  public StoredBucketRecords(MetadataStore store) {
    this(store, Duration.ofSeconds(30), Duration.ofSeconds(1));
  }

  /**
   * Keeps records in {@code store}.
   *
   * @param limit how long an update may go on retrying, and asking for an unknown outcome
   * @param longestPause the most to wait between two attempts
   */
  public StoredBucketRecords(MetadataStore store, Duration limit, Duration longestPause) {
    this.store = store;
    this.limit = limit;
    this.longestPause = longestPause;
  }

  /** Returns what the record of a new bucket is created with. */
  public static byte[] newRecord(BucketState state) {
    return BucketRecordCodec.encode(new Stored(state, List.of()));
  }

  @Override
  public CompletableFuture<BucketState> load(BucketId bucket) {
    String path = path(bucket);
    return store
        .sync(path)
        .thenCompose(synced -> store.read(path))
        .thenApply(value -> require(path, value))
        .thenApply(value -> BucketRecordCodec.decode(path, value.value()).state());
  }

  @Override
  public CompletableFuture<BucketState> update(BucketId bucket, UnaryOperator<BucketState> step) {
    Update update = new Update(path(bucket), step);
    update.attempt();
    return update.result;
  }

  private static String path(BucketId bucket) {
    return MetadataPaths.bucket(bucket.tableId(), bucket.bucket());
  }

  private static Versioned require(String path, Optional<Versioned> value) {
    return value.orElseThrow(
        () ->
            new CompletionException(
                new MetadataException(Kind.MISSING, "there is no bucket record: " + path)));
  }

  private static Throwable cause(Throwable error) {
    Throwable cause = error.getCause();
    return error instanceof CompletionException && cause != null ? cause : error;
  }

  private static <T> void whenDone(
      CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> action) {
    var unused = future.whenComplete(action);
  }

  /** One call of {@link #update}: its attempts are one after the other, never two at a time. */
  private final class Update {

    private final String path;
    private final UnaryOperator<BucketState> step;
    private final CompletableFuture<BucketState> result = new CompletableFuture<>();
    private final long deadline = System.nanoTime() + limit.toNanos();
    private final Map<String, BucketState> inDoubt = new HashMap<>();
    private @Nullable String markBefore;
    private long versionBefore;
    private Duration pause = FIRST_PAUSE;

    Update(String path, UnaryOperator<BucketState> step) {
      this.path = path;
      this.step = step;
    }

    void attempt() {
      // Synced, because a step may refuse what it sees, and should not for having seen an old
      // record.
      whenDone(
          store.sync(path).thenCompose(synced -> store.read(path)),
          (value, error) ->
              guarded(
                  () -> {
                    if (error != null) {
                      retry(cause(error));
                    } else {
                      apply(require(path, requireNonNull(value)));
                    }
                  }));
    }

    private void apply(Versioned value) {
      Stored stored = BucketRecordCodec.decode(path, value.value());
      if (!inDoubt.isEmpty() && settle(stored, value.version())) {
        return;
      }
      BucketState next = step.apply(stored.state());
      if (next.equals(stored.state())) {
        result.complete(next);
        return;
      }
      String mark = Long.toUnsignedString(UUID.randomUUID().getMostSignificantBits(), 36);
      List<String> writes = new ArrayList<>(stored.writes());
      writes.add(mark);
      List<String> kept = writes.subList(Math.max(0, writes.size() - MARKS), writes.size());
      byte[] changed = BucketRecordCodec.encode(new Stored(next, kept));
      requireSmall(changed.length, stored.state(), next);
      markBefore = last(stored);
      versionBefore = value.version();
      inDoubt.put(mark, next);
      CompletableFuture<Long> written;
      try {
        written = store.replace(path, changed, value.version());
      } catch (RuntimeException | Error e) {
        // What throws here has written nothing, so that nothing is in doubt.
        inDoubt.remove(mark);
        throw e;
      }
      whenDone(
          written,
          (version, error) ->
              guarded(
                  () -> {
                    if (error == null) {
                      result.complete(next);
                    } else {
                      failed(mark, cause(error));
                    }
                  }));
    }

    private void requireSmall(int bytes, BucketState before, BucketState after) {
      boolean grows = after.segments().size() > before.segments().size();
      int most = MetadataStore.MAX_VALUE_BYTES - (grows ? SPARE_BYTES : 0);
      if (bytes > most) {
        throw new RecordTooLargeException(path, bytes, most, after.segments().size());
      }
    }

    /** Returns whether the outcome of the writes in doubt decided the whole update. */
    private boolean settle(Stored stored, long version) {
      for (String write : stored.writes()) {
        BucketState applied = inDoubt.get(write);
        if (applied != null) {
          result.complete(applied);
          return true;
        }
      }
      if (version == versionBefore) {
        // Not applied yet, but may be: so the next attempt competes with it for the same version.
        return false;
      }
      boolean complete =
          markBefore == null
              ? stored.writes().size() < MARKS
              : stored.writes().contains(markBefore);
      if (!complete) {
        result.completeExceptionally(
            new MetadataException(
                Kind.UNKNOWN,
                "can't tell whether a step was applied to bucket record "
                    + path
                    + ": it has been overtaken by more than "
                    + MARKS
                    + " others"));
        return true;
      }
      inDoubt.clear();
      return false;
    }

    private void failed(String mark, Throwable error) {
      if (error instanceof MetadataException e && e.kind() != Kind.UNKNOWN) {
        inDoubt.remove(mark);
      }
      retry(error);
    }

    private void retry(Throwable error) {
      boolean hopeless =
          !(error instanceof MetadataException e)
              || e.kind() == Kind.MISSING
              || e.kind() == Kind.EXISTS;
      if (hopeless || System.nanoTime() > deadline) {
        result.completeExceptionally(inDoubt.isEmpty() ? givenUp(error) : unknown(error));
        return;
      }
      boolean conflict = error instanceof MetadataException e && e.kind() == Kind.CONFLICT;
      pause = conflict ? FIRST_PAUSE : min(pause.multipliedBy(2), longestPause);
      later(conflict ? Duration.ZERO : pause).execute(() -> guarded(this::attempt));
    }

    private Throwable givenUp(Throwable error) {
      return error instanceof MetadataException e && e.kind() == Kind.CONFLICT
          ? new MetadataException(
              Kind.UNAVAILABLE, "others keep changing bucket record " + path + "; try again", e)
          : error;
    }

    private MetadataException unknown(Throwable error) {
      return new MetadataException(
          Kind.UNKNOWN,
          "can't tell whether a step was applied to bucket record "
              + path
              + "; load it again before doing anything else: "
              + error.getMessage(),
          error);
    }

    private void guarded(Runnable action) {
      try {
        action.run();
      } catch (RuntimeException | Error e) {
        // What the step threw, a record that can't be read, or no memory: who waits must hear of
        // it.
        Throwable error = cause(e);
        result.completeExceptionally(inDoubt.isEmpty() ? error : unknown(error));
      }
    }

    private @Nullable String last(Stored stored) {
      return stored.writes().isEmpty() ? null : stored.writes().get(stored.writes().size() - 1);
    }

    private Executor later(Duration delay) {
      return CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Duration min(Duration one, Duration other) {
      return one.compareTo(other) < 0 ? one : other;
    }
  }
}
