package io.sluice.log.append;

import io.sluice.catalog.bucket.StaleClaimException;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.table.BucketId;
import io.sluice.log.append.AppendException.Reason;

/** Says what a failure of the ledgers or the record means to who appends. */
final class AppendFailures {

  /** Returns whether a step of the record certainly wasn't applied and never will be. */
  static boolean certain(Throwable failure) {
    Throwable cause = Retrying.cause(failure);
    return cause instanceof StaleClaimException
        || (cause instanceof MetadataException e && e.kind() == MetadataException.Kind.MISSING);
  }

  /** Returns what ends a bucket's log. */
  static AppendException of(BucketId bucket, Throwable failure) {
    Throwable cause = Retrying.cause(failure);
    if (cause instanceof AppendException e) {
      return e;
    }
    String message = "bucket " + bucket + ": " + cause.getMessage();
    if (certain(cause)) {
      return new AppendException(
          Reason.FENCED, message + "; send the same batch to the bucket's owner", cause);
    }
    if (cause instanceof MetadataException) {
      return new AppendException(Reason.UNAVAILABLE, message + "; try again", cause);
    }
    return new AppendException(
        Reason.STOPPED, message + "; the bucket stopped and must be looked at", cause);
  }

  private AppendFailures() {}
}
