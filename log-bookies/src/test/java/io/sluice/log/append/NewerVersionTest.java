package io.sluice.log.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.Unpooled;
import io.sluice.catalog.level.NewerVersionException;
import io.sluice.catalog.table.BucketId;
import io.sluice.log.frame.EntryHeader;
import io.sluice.log.frame.NewerEntryException;
import io.sluice.log.read.ReadException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A bucket whose record or entries are of a newer version than the gateway that takes it. */
class NewerVersionTest {

  private static final BucketId BUCKET = new BucketId(new UUID(1, 2), 3);

  private final NewerEntryException entry =
      catchThrowableOfType(
          NewerEntryException.class,
          () -> EntryHeader.read(Unpooled.buffer(64).writeByte(9).writeZero(40)));

  @Test
  void itsAppendsMayBeSentAgainAndNobodyIsToLookAtIt() {
    for (Exception newer :
        List.of(
            entry,
            new ReadException(ReadException.Reason.UNAVAILABLE, "ledger 7: " + told(), entry),
            new NewerVersionException("bucket record /b", 2, 1))) {
      AppendException failed = AppendFailures.of(BUCKET, newer);
      assertThat(failed.reason()).isEqualTo(AppendException.Reason.UNAVAILABLE);
      assertThat(failed.getMessage())
          .contains("it is older than what wrote that; upgrade it")
          .doesNotContain("must be looked at");
    }
  }

  @Test
  void takingItIsNotTriedForEver() {
    ReadException read = new ReadException(ReadException.Reason.UNAVAILABLE, told(), entry);
    CompletableFuture<Void> result =
        new Retrying(new NoAlarms(), Duration.ofMillis(1), () -> true)
            .call(() -> CompletableFuture.failedFuture(read));
    assertThat(result).isCompletedExceptionally();
  }

  private String told() {
    return String.valueOf(entry.getMessage());
  }

  /** Never lets anything be tried again. */
  private static final class NoAlarms implements LogTime {
    @Override
    public long nowMicros() {
      return 0;
    }

    @Override
    public Alarm after(Duration delay, Runnable task) {
      return () -> {};
    }
  }
}
