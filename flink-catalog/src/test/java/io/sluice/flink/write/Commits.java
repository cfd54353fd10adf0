package io.sluice.flink.write;

import io.sluice.client.PreparedTransaction;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer.CommitRequest;

/** Commits as Flink asks for them. */
public final class Commits {

  /** Commits transactions as at a complete checkpoint. */
  public static void commit(SinkSpec spec, List<PreparedTransaction> transactions)
      throws IOException {
    List<Request> requests = transactions.stream().map(Request::new).toList();
    try (TransactionCommitter committer = new TransactionCommitter(spec)) {
      committer.commit(List.copyOf(requests));
    }
    if (requests.stream().anyMatch(Request::later)) {
      throw new IOException("to be tried again");
    }
  }

  static final class Request implements CommitRequest<PreparedTransaction> {
    private final PreparedTransaction transaction;
    private boolean later;

    Request(PreparedTransaction transaction) {
      this.transaction = transaction;
    }

    /** Returns whether it is to be tried again. */
    boolean later() {
      return later;
    }

    @Override
    public PreparedTransaction getCommittable() {
      return transaction;
    }

    @Override
    public int getNumberOfRetries() {
      return 0;
    }

    @Override
    public void signalFailedWithKnownReason(Throwable t) {
      throw new AssertionError("Flink would go on without the rows", t);
    }

    @Override
    public void signalFailedWithUnknownReason(Throwable t) {
      throw new AssertionError(t);
    }

    @Override
    public void retryLater() {
      later = true;
    }

    @Override
    public void updateAndRetryLater(PreparedTransaction committable) {
      throw new AssertionError();
    }

    @Override
    public void signalAlreadyCommitted() {
      throw new AssertionError();
    }
  }

  private Commits() {}
}
