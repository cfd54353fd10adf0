package io.sluice.flink.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.client.PreparedTransaction;
import io.sluice.client.SluiceException;
import io.sluice.client.SluiceException.Reason;
import io.sluice.flink.TestEndpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
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
          .exactlyOnce(Duration.ofHours(24));

  private final List<PreparedTransaction> committed = new ArrayList<>();

  @Test
  void allTransactionsOfACheckpointAreCommittedByOneCall() throws Exception {
    List<Commits.Request> requests = List.of(request(0), request(3));
    try (TransactionCommitter committer = new TransactionCommitter(SPEC, committed::addAll)) {
      committer.commit(List.copyOf(requests));
      committer.commit(List.of());
    }
    assertThat(committed)
        .containsExactly(requests.get(0).getCommittable(), requests.get(1).getCommittable());
    assertThat(requests).noneMatch(request -> request.later());
  }

  @Test
  void whatMaySucceedLaterIsTriedAgain() throws Exception {
    for (Reason reason : List.of(Reason.UNAVAILABLE, Reason.OVERLOADED)) {
      List<Commits.Request> requests = List.of(request(0), request(1));
      try (TransactionCommitter committer = failing(reason)) {
        committer.commit(List.copyOf(requests));
      }
      assertThat(requests).allMatch(request -> request.later());
    }
  }

  @Test
  void rowsThatAreGoneFailTheJobAndItSaysWhatToDo() {
    for (Reason reason : List.of(Reason.TRANSACTION_LOST, Reason.NOT_FOUND)) {
      assertThatThrownBy(() -> commit(failing(reason), request(5)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("table shop.sales at gateway:9470")
          .hasMessageContaining("told so")
          .hasMessageContaining("buckets 5 (writer epoch " + EPOCH + ", 0)")
          .hasMessageContaining("Start from an older savepoint")
          .hasMessageContaining("'transaction.timeout'");
    }
  }

  @Test
  void anyOtherFailureFailsTheJobButLosesNothing() {
    for (Reason reason : List.of(Reason.INVALID, Reason.UNAUTHORIZED, Reason.INTERNAL)) {
      assertThatThrownBy(() -> commit(failing(reason), request(5)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("told so")
          .hasMessageNotContaining("gone");
    }
  }

  private static Commits.Request request(int bucket) {
    return new Commits.Request(new PreparedTransaction(new UUID(3, 4), bucket, EPOCH, 0, 10));
  }

  private static TransactionCommitter failing(Reason reason) {
    return new TransactionCommitter(
        SPEC,
        transactions -> {
          throw new SluiceException(reason, "told so");
        });
  }

  private static void commit(TransactionCommitter committer, Commits.Request request)
      throws IOException {
    try (committer) {
      committer.commit(List.of(request));
    }
  }
}
