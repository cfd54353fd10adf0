package io.sluice.testing.bucket;

import static io.sluice.testing.Seeded.seeds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.PendingTransaction;
import io.sluice.catalog.bucket.Segment;
import io.sluice.catalog.bucket.StaleClaimException;
import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.bucket.TransactionKey;
import io.sluice.catalog.bucket.Transactions;
import io.sluice.catalog.bucket.Transactions.ClosedLedger;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.table.BucketId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Random lives of a bucket, beside a naive account of what they should have come to. */
class BucketStepsTest {

  private static final Duration RETENTION = Duration.ofDays(7);

  @TestFactory
  Stream<DynamicTest> segmentsStayDenseAndRowsAreCounted() {
    return seeds(300, random -> new Life(random).live(80));
  }

  private static final class Life {
    private final Random random;
    private final UUID writer;
    private BucketState state;
    private long epoch;
    private long nextLedger;
    private long rows;
    private long nextTransaction;

    Life(Random random) {
      this.random = random;
      this.writer = new UUID(random.nextLong(), random.nextLong());
      this.state = BucketState.empty(new UUID(random.nextLong(), random.nextLong()));
    }

    void live(int steps) {
      claim();
      for (int step = 0; step < steps; step++) {
        switch (random.nextInt(8)) {
          case 0 -> claim();
          case 1, 2 -> roll();
          case 3 -> register();
          case 4 -> commit();
          case 5 -> state = state.raiseLakeOffset(random.nextLong(state.sealedEndOffset() + 1), 5);
          case 6 -> delete();
          default -> stale();
        }
        check();
      }
    }

    private void claim() {
      state = state.claim("g" + random.nextInt(3));
      epoch = state.claim().epoch();
    }

    private void roll() {
      close();
      state = state.opened(epoch, nextLedger++, random.nextInt(1_000));
    }

    private void close() {
      Optional<Segment.Open> open = state.openSegment();
      if (open.isPresent()) {
        int more = random.nextInt(5);
        long end = open.get().baseOffset() + more;
        state = state.sealed(epoch, open.get().ledgerId(), end, 1, 2, more * 10L, true);
        rows += more;
      }
    }

    private void register() {
      TransactionKey key = new TransactionKey(writer, nextTransaction);
      state = Transactions.register(state, epoch, key, nextLedger++, 1_000_000);
    }

    private void commit() {
      TransactionKey key = new TransactionKey(writer, nextTransaction);
      Optional<PendingTransaction> pending = Transactions.find(state, key);
      if (pending.isEmpty()) {
        return;
      }
      close();
      List<ClosedLedger> ledgers = new ArrayList<>();
      for (long ledger : pending.get().ledgerIds()) {
        int more = random.nextInt(4);
        ledgers.add(new ClosedLedger(ledger, more, more * 10L));
        rows += more;
      }
      state = Transactions.splice(state, epoch, key, ledgers, 5, RETENTION);
      nextTransaction++;
      assertThat(Transactions.splice(state, epoch, key, ledgers, 6, RETENTION)).isSameAs(state);
    }

    private void delete() {
      for (Segment segment : state.segments()) {
        if (segment.end().orElse(Long.MAX_VALUE) <= state.lakeOffsetFloor()) {
          state = state.markDeleting(epoch, segment.ledgerId());
          if (random.nextBoolean()) {
            state = state.forget(epoch, state.segments().get(0).ledgerId());
          }
          return;
        }
      }
    }

    private void stale() {
      assertThatThrownBy(() -> state.opened(epoch - 1, nextLedger, 0))
          .isInstanceOf(StaleClaimException.class);
      assertThatThrownBy(() -> state.markDeleting(epoch + 1, 0))
          .isInstanceOf(StaleClaimException.class);
      assertThatThrownBy(() -> Transactions.abort(state, epoch - 1, new TransactionKey(writer, 0)))
          .isInstanceOf(StaleClaimException.class);
    }

    private void check() {
      assertThat(state.sealedEndOffset()).isEqualTo(rows);
      assertThat(state.startOffset()).isBetween(0L, rows);
      long next = state.startOffset();
      for (Segment.Closed segment : state.sealedSegments()) {
        assertThat(segment.baseOffset()).isEqualTo(next);
        next = segment.endOffset();
      }
      assertThat(next).isEqualTo(rows);
      assertThat(stored(state)).isEqualTo(state);
    }

    private static BucketState stored(BucketState state) {
      BucketId bucket = new BucketId(new UUID(0, 0), 0);
      InMemoryMetadataStore store = new InMemoryMetadataStore();
      store
          .create(MetadataPaths.bucket(bucket.tableId(), 0), StoredBucketRecords.newRecord(state))
          .join();
      return new StoredBucketRecords(store).load(bucket).join();
    }
  }
}
