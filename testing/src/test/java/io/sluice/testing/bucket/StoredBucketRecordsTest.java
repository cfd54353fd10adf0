package io.sluice.testing.bucket;

import static io.sluice.testing.Seeded.seeds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.RecordTooLargeException;
import io.sluice.catalog.bucket.Segment;
import io.sluice.catalog.bucket.StaleClaimException;
import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.BucketId;
import io.sluice.testing.metadata.FlakyMetadataStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class StoredBucketRecordsTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(1);

  private final BucketId bucket = new BucketId(UUID.randomUUID(), 0);

  @TestFactory
  Stream<DynamicTest> noStepIsLostOrDoubledWhateverIsLostOnTheWay() {
    return seeds(60, random -> concurrentClaims(random, 4, 8, 0.4));
  }

  @Test
  void theStepOfAnUpdateWhoseReplyWasLostIsNotMadeAgain() throws Exception {
    InMemoryMetadataStore store = storeWithRecord();
    OneLostReply lossy = new OneLostReply(store);
    StoredBucketRecords records = records(lossy);
    BucketState claimed = get(records.update(bucket, state -> state.claim("g")));
    assertThat(claimed.claim().epoch()).isEqualTo(1);
    assertThat(get(records.load(bucket)).claim().epoch()).isEqualTo(1);
  }

  @Test
  void anUpdateAnswersWithItsOwnStepEvenIfOthersFollowed() throws Exception {
    InMemoryMetadataStore store = storeWithRecord();
    StoredBucketRecords other = records(store);
    OneLostReply lossy = new OneLostReply(store);
    lossy.afterLoss = () -> other.update(bucket, state -> state.claim("g")).join();
    StoredBucketRecords records = records(lossy);
    BucketState claimed = get(records.update(bucket, state -> state.claim("g")));
    assertThat(claimed.claim().epoch()).isEqualTo(1);
    assertThat(get(records.load(bucket)).claim().epoch()).isEqualTo(2);
  }

  @Test
  void anOutcomeThatWasOvertakenTooOftenIsUnknown() throws Exception {
    InMemoryMetadataStore store = storeWithRecord();
    StoredBucketRecords other = records(store);
    OneLostReply lossy = new OneLostReply(store);
    lossy.afterLoss =
        () -> {
          for (int i = 0; i < 40; i++) {
            other.update(bucket, state -> state.claim("other")).join();
          }
        };
    StoredBucketRecords records = records(lossy);
    assertThatThrownBy(() -> get(records.update(bucket, state -> state.claim("g"))))
        .satisfies(error -> assertThat(kind(error)).isEqualTo(Kind.UNKNOWN));
  }

  @Test
  void whatTheStepThrowsIsToldAndNothingChanges() throws Exception {
    StoredBucketRecords records = records(storeWithRecord());
    BucketState before = get(records.update(bucket, state -> state.claim("g")));
    assertThatThrownBy(() -> get(records.update(bucket, state -> state.opened(7, 1, 0))))
        .hasCauseInstanceOf(StaleClaimException.class);
    assertThat(get(records.load(bucket))).isEqualTo(before);
  }

  @Test
  void anUpdateEndsWhateverItsStepThrows() throws Exception {
    StoredBucketRecords records = records(storeWithRecord());
    CompletableFuture<BucketState> update =
        records.update(
            bucket,
            state -> {
              throw new OutOfMemoryError("none left");
            });
    assertThatThrownBy(() -> get(update)).hasRootCauseMessage("none left");
  }

  @Test
  void aRecordThatWouldGetTooLargeIsRefusedAndNothingChangesOrIsInDoubt() throws Exception {
    StoredBucketRecords records = records(storeWithRecord());
    BucketState before = get(records.update(bucket, state -> crowded(state.claim("g"), 12_000)));
    assertThatThrownBy(() -> get(records.update(bucket, state -> crowded(state, 3_000))))
        .hasCauseInstanceOf(RecordTooLargeException.class)
        .hasMessageMatching(".*has 10\\d{5} bytes, more than 950000, for 15000 segments.*");
    assertThat(get(records.load(bucket))).isEqualTo(before);
  }

  @Test
  void aRecordThatGetsNoMoreSegmentsCanStillBeClaimedAndEmptied() throws Exception {
    StoredBucketRecords records = records(storeWithRecord());
    BucketState full = get(records.update(bucket, state -> crowded(state.claim("g"), 13_500)));
    assertThatThrownBy(() -> get(records.update(bucket, state -> crowded(state, 500))))
        .hasCauseInstanceOf(RecordTooLargeException.class);
    get(records.update(bucket, state -> state.raiseLakeOffset(full.sealedEndOffset(), 7)));
    BucketState claimed = get(records.update(bucket, state -> state.claim("h")));
    long epoch = claimed.claim().epoch();
    long last = full.segments().get(full.segments().size() - 1).ledgerId();
    BucketState leaving = get(records.update(bucket, state -> state.markDeleting(epoch, last)));
    assertThat(leaving.sealedSegments()).isEmpty();
  }

  /** Returns a state with so many more segments. */
  private static BucketState crowded(BucketState state, int more) {
    List<Segment> segments = new ArrayList<>(state.segments());
    long time = 1_700_000_000_000_000L;
    for (int n = 0; n < more; n++) {
      long row = segments.size();
      segments.add(
          new Segment.Sealed(1_000_000_000L + row, row, row + 1, time, time, 256 << 20, true));
    }
    return new BucketState(
        state.incarnation(),
        state.claim(),
        0,
        segments,
        OptionalLong.empty(),
        0,
        List.of(),
        List.of(),
        Map.of(),
        0);
  }

  @Test
  void aBucketThatIsGoneIsMissing() {
    StoredBucketRecords records = records(new InMemoryMetadataStore());
    assertThatThrownBy(() -> get(records.load(bucket)))
        .satisfies(error -> assertThat(kind(error)).isEqualTo(Kind.MISSING));
    assertThatThrownBy(() -> get(records.update(bucket, state -> state.claim("g"))))
        .satisfies(error -> assertThat(kind(error)).isEqualTo(Kind.MISSING));
  }

  @Test
  void aStoreThatStaysAwayIsUnavailable() throws Exception {
    FlakyMetadataStore away = new FlakyMetadataStore(storeWithRecord(), new Random(1), 1);
    StoredBucketRecords records = new StoredBucketRecords(away, Duration.ofMillis(50), PAUSE);
    assertThatThrownBy(() -> get(records.update(bucket, state -> state.claim("g"))))
        .satisfies(error -> assertThat(kind(error)).isEqualTo(Kind.UNAVAILABLE));
  }

  private void concurrentClaims(Random random, int writers, int rolls, double failures)
      throws Exception {
    InMemoryMetadataStore store = storeWithRecord();
    ConcurrentLinkedQueue<Long> epochs = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<Long> ledgers = new ConcurrentLinkedQueue<>();
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int writer = 0; writer < writers; writer++) {
        MetadataStore flaky =
            new FlakyMetadataStore(store.newSession(), new Random(random.nextLong()), failures);
        long firstLedger = 1_000L * (writer + 1);
        done.add(
            threads.submit(
                () -> {
                  write(records(flaky), firstLedger, rolls, epochs, ledgers);
                  return null;
                }));
      }
      for (Future<?> each : done) {
        each.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    BucketState end = get(records(store).load(bucket));
    assertThat(epochs).doesNotHaveDuplicates().hasSize(writers * rolls);
    assertThat(end.claim().epoch()).isEqualTo((long) writers * rolls);
    assertThat(end.segments().stream().map(Segment::ledgerId))
        .containsExactlyInAnyOrderElementsOf(ledgers);
  }

  /** Claims, rolls once, and goes on; every step that was answered has to be in the record once. */
  private void write(
      StoredBucketRecords records,
      long firstLedger,
      int rolls,
      ConcurrentLinkedQueue<Long> epochs,
      ConcurrentLinkedQueue<Long> ledgers)
      throws Exception {
    for (int roll = 0; roll < rolls; roll++) {
      long ledger = firstLedger + roll;
      long epoch = get(records.update(bucket, state -> state.claim("same"))).claim().epoch();
      epochs.add(epoch);
      try {
        get(
            records.update(
                bucket,
                state -> {
                  BucketState closed = closeOpen(state, epoch);
                  return closed.opened(epoch, ledger, 5);
                }));
        ledgers.add(ledger);
      } catch (ExecutionException e) {
        assertThat(e.getCause()).isInstanceOf(StaleClaimException.class);
      }
    }
  }

  private static BucketState closeOpen(BucketState state, long epoch) {
    return state
        .openSegment()
        .map(o -> state.sealed(epoch, o.ledgerId(), o.baseOffset() + 3, 5, 5, 30, true))
        .orElse(state);
  }

  private InMemoryMetadataStore storeWithRecord() throws Exception {
    InMemoryMetadataStore store = new InMemoryMetadataStore();
    get(
        store.create(
            MetadataPaths.bucket(bucket.tableId(), bucket.bucket()),
            StoredBucketRecords.newRecord(BucketState.empty(UUID.randomUUID()))));
    return store;
  }

  private static StoredBucketRecords records(MetadataStore store) {
    return new StoredBucketRecords(store, LIMIT, PAUSE);
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  private static Kind kind(Throwable error) {
    @Nullable Throwable cause = error;
    while (cause instanceof ExecutionException || cause instanceof CompletionException) {
      cause = cause.getCause();
    }
    if (cause instanceof MetadataException failure) {
      return failure.kind();
    }
    throw new AssertionError("not a failure of the metadata store", error);
  }
}
