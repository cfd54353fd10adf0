package io.sluice.gateway.read;

import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.cluster.Peer;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.sluice.log.read.FrameCursor;
import java.util.concurrent.CompletableFuture;

/** Reads buckets at the gateways that own them. */
public interface RemoteReads {

  /**
   * A range of a bucket at another gateway.
   *
   * @param cursor its frames, of all columns in the table's current schema; for the caller to close
   * @param from where it begins
   * @param to one past where it ends; {@link Long#MAX_VALUE} if it doesn't
   */
  record Range(FrameCursor cursor, long from, long to) {}

  /** The owner of a bucket knows other columns of its table than this gateway does. */
  final class OtherColumnsException extends ProblemException {

    private static final long serialVersionUID = 1L;

    /** Says so of a table. */
    public OtherColumnsException(TableName table) {
      super(
          Problem.unavailable(
              "the bucket's owner knows other columns of table %s: try again".formatted(table)));
    }
  }

  /**
   * Opens a range.
   *
   * @return fails with a {@code ProblemException}, as the owner answered, or UNAVAILABLE if it
   *     can't be reached; with an {@link OtherColumnsException} if the table should be looked at
   *     again
   */
  CompletableFuture<Range> open(Peer owner, Table table, ReadRequest request);
}
