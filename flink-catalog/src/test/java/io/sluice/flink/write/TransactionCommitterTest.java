package io.sluice.flink.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.client.PreparedTransaction;
import io.sluice.client.SluiceException;
import io.sluice.client.SluiceException.Reason;
import io.sluice.client.TableWriter;
import io.sluice.flink.TestEndpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.CallStatus;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.RowType;
import org.junit.jupiter.api.Test;

class TransactionCommitterTest {

  private static final UUID EPOCH = new UUID(1, 2);
  private static final SinkSpec SPEC =
      SinkSpec.of(
              TestEndpoint.of("gateway:9470"),
              new TableName("shop", "sales"),
              RowType.of(new IntType()),
              Duration.ZERO)
          .exactlyOnce(Duration.ofHours(24))
          .withCommitTimeout(Duration.ofMinutes(3));

  private final List<PreparedTransaction> committed = new ArrayList<>();
  private long nanos;

  @Test
  void allTransactionsOfACheckpointAreCommittedByOneCall() throws Exception {
    List<Commits.Request> requests = List.of(request(0), request(3));
    try (TransactionCommitter committer = committer(committed::addAll)) {
      committer.commit(List.copyOf(requests));
      committer.commit(List.of());
    }
    assertThat(committed)
        .containsExactly(requests.get(0).getCommittable(), requests.get(1).getCommittable());
    assertThat(requests).noneMatch(request -> request.later());
  }

  @Test
  void whatMaySucceedLaterIsTriedAgainUntilItIsCommitted() throws Exception {
    for (Reason reason : List.of(Reason.UNAVAILABLE, Reason.OVERLOADED)) {
      committed.clear();
      int[] failures = {2};
      Commits.Request request = request(0);
      TransactionCommitter.Commit commit =
          transactions -> {
            nanos += TimeUnit.MINUTES.toNanos(1);
            if (failures[0]-- > 0) {
              throw new SluiceException(reason, "told so");
            }
            committed.addAll(transactions);
          };
      commit(committer(commit), request);
      assertThat(committed).containsExactly(request.getCommittable());
      assertThat(request.later()).as("left to Flink").isFalse();
    }
  }

  @Test
  void aCommitThatNobodyMakesInTimeFailsTheJobAndSaysThatNothingIsLost() {
    int[] tries = {0};
    TransactionCommitter.Commit commit =
        transactions -> {
          tries[0]++;
          nanos += TimeUnit.MINUTES.toNanos(1);
          throw new SluiceException(Reason.UNAVAILABLE, "told so");
        };
    assertThatThrownBy(() -> commit(committer(commit), request(5)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("table shop.sales at gateway:9470")
        .hasMessageContaining("after 'sink.commit-timeout' of PT3M: told so")
        .hasMessageContaining("buckets 5 (writer epoch " + EPOCH + ", 0)")
        .hasMessageContaining("No row is lost")
        .hasMessageNotContaining("gone");
    assertThat(tries[0]).isEqualTo(3);
  }

  @Test
  void aTaskThatIsCancelledTriesNoMore() {
    TransactionCommitter.Commit commit =
        transactions -> {
          Thread.currentThread().interrupt();
          throw new SluiceException(Reason.UNAVAILABLE, "told so");
        };
    assertThatThrownBy(() -> commit(committer(commit), request(5))).isInstanceOf(IOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aCommitIsTriedForAMinuteAtLeast() {
    assertThatThrownBy(() -> SPEC.withCommitTimeout(Duration.ofSeconds(59)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sink.commit-timeout");
  }

  @Test
  void rowsThatAreGoneFailTheJobAndItSaysWhatToDo() {
    for (SluiceException why :
        List.of(
            coded("TRANSACTION_ABORTED"),
            coded("TRANSACTION_MISMATCH"),
            coded("TRANSACTION_GAP"),
            new SluiceException(Reason.NOT_FOUND, "told so"))) {
      assertThatThrownBy(() -> commit(failing(why), request(5)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("table shop.sales at gateway:9470")
          .hasMessageContaining("told so")
          .hasMessageContaining("buckets 5 (writer epoch " + EPOCH + ", 0)")
          .hasMessageContaining("Rows that came before the checkpoint are gone")
          .hasMessageContaining("Start from an older savepoint")
          .hasMessageContaining("'transaction.timeout'")
          .hasMessageNotContaining("'transaction.retention'");
    }
  }

  @Test
  void transactionsThatNobodyKnowsMayHaveBeenCommittedLongAgoAndItSaysSo() {
    assertThatThrownBy(() -> commit(failing(coded("TRANSACTION_MISSING")), request(5)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("told so. They are of the buckets 5")
        .hasMessageContaining("weren't committed within 'transaction.timeout'")
        .hasMessageContaining("committed more than 'transaction.retention' ago")
        .hasMessageContaining("Look whether the table has")
        .hasMessageContaining("If it has them, start without the sink's state")
        .hasMessageContaining("If not, start from an older savepoint")
        .hasMessageNotContaining("Rows that came before the checkpoint are gone");
  }

  /** Returns what a gateway says. */
  private static SluiceException coded(String code) {
    return TableWriter.failure(
        CallStatus.INVALID_ARGUMENT.withDescription("[" + code + "] told so").toRuntimeException());
  }

  @Test
  void anyOtherFailureFailsTheJobButLosesNothing() {
    for (Reason reason : List.of(Reason.INVALID, Reason.UNAUTHORIZED, Reason.INTERNAL)) {
      assertThatThrownBy(() -> commit(failing(new SluiceException(reason, "told so")), request(5)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("told so")
          .hasMessageNotContaining("gone");
    }
  }

  private static Commits.Request request(int bucket) {
    return new Commits.Request(new PreparedTransaction(new UUID(3, 4), bucket, EPOCH, 0, 10));
  }

  private TransactionCommitter committer(TransactionCommitter.Commit commit) {
    return new TransactionCommitter(SPEC, commit, () -> nanos);
  }

  private TransactionCommitter failing(SluiceException why) {
    return committer(
        transactions -> {
          throw why;
        });
  }

  private static void commit(TransactionCommitter committer, Commits.Request request)
      throws IOException {
    try (committer) {
      committer.commit(List.of(request));
    }
  }
}
