package io.sluice.log.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.table.BucketId;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * The answer that a segment is sealed is lost, and its rows leave the log before it is asked again.
 */
class LostSealTest {

  private static final BucketId BUCKET = new BucketId(new UUID(1, 2), 0);
  private static final long LEDGER = 8;
  private static final ClosedLedger CLOSED = new ClosedLedger(LEDGER, 10, 1, 2, 100, true);

  private BucketState record =
      BucketState.empty(new UUID(3, 4)).claim("gateway-1").opened(1, LEDGER, 1);

  @Test
  void aSegmentThatHasLeftTheLogIsNotSealedTwice() {
    BucketState sealed = steps(this::letGo).sealed(1, 0, CLOSED).join();
    assertThat(sealed.segments()).isEmpty();
    assertThat(sealed.sealedEndOffset()).isEqualTo(10);
    assertThat(record).isEqualTo(sealed);
  }

  @Test
  void anEmptySegmentIsSealedOnce() {
    ClosedLedger empty = new ClosedLedger(LEDGER, 0, 1, 1, 0, false);
    BucketState sealed = steps(state -> state).sealed(1, 0, empty).join();
    assertThat(sealed.openSegment()).isEmpty();
  }

  @Test
  void aLedgerThatWasNeverRecordedIsABug() {
    record = BucketState.empty(new UUID(3, 4)).claim("gateway-1");
    assertThatThrownBy(() -> steps(state -> state).sealed(1, 0, CLOSED).join())
        .hasMessageContaining("ledger 8 is not the open segment");
  }

  private BucketState letGo(BucketState sealed) {
    return sealed.raiseLakeOffset(10, 5).markDeleting(1, LEDGER).forget(1, LEDGER);
  }

  /**
   * @param meanwhile what happens to the record before the first answer is found to be lost
   */
  private RecordSteps steps(UnaryOperator<BucketState> meanwhile) {
    BucketRecords losing =
        new BucketRecords() {
          private boolean lost;

          @Override
          public CompletableFuture<BucketState> load(BucketId bucket) {
            return CompletableFuture.completedFuture(record);
          }

          @Override
          public CompletableFuture<BucketState> update(
              BucketId bucket, UnaryOperator<BucketState> step) {
            try {
              record = step.apply(record);
            } catch (IllegalStateException e) {
              return CompletableFuture.failedFuture(e);
            }
            if (lost) {
              return CompletableFuture.completedFuture(record);
            }
            lost = true;
            record = meanwhile.apply(record);
            return CompletableFuture.failedFuture(
                new MetadataException(MetadataException.Kind.UNKNOWN, "the answer is lost"));
          }
        };
    return new RecordSteps(
        losing, BUCKET, new Retrying(new AtOnce(), Duration.ofMillis(1), () -> true));
  }

  /** Alarms go off at once. */
  private static final class AtOnce implements LogTime {
    @Override
    public long nowMicros() {
      return 0;
    }

    @Override
    public Alarm after(Duration delay, Runnable task) {
      task.run();
      return () -> {};
    }
  }
}
