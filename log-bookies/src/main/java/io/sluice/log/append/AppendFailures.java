package io.sluice.log.append;

import io.sluice.catalog.bucket.StaleClaimException;
import io.sluice.catalog.bucket.TransactionException;
import io.sluice.catalog.level.NewerVersionException;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.table.BucketId;
import io.sluice.log.append.AppendException.Reason;
import io.sluice.log.frame.NewerEntryException;
import io.sluice.log.read.ReadException;
import io.sluice.log.segment.SegmentException;
import org.jspecify.annotations.Nullable;

/** Says what a failure of the ledgers or the record means to who appends. */
final class AppendFailures {

  /** Returns whether a step of the record certainly wasn't applied and never will be. */
  static boolean certain(Throwable failure) {
    Throwable cause = Retrying.cause(failure);
    return cause instanceof StaleClaimException
        || cause instanceof TransactionException
        || (cause instanceof MetadataException e && e.kind() == MetadataException.Kind.MISSING);
  }

  /** Returns whether something was read that only a newer version understands. */
  static boolean isNewer(Throwable cause) {
    return cause instanceof NewerVersionException
        || cause instanceof NewerEntryException
        || cause.getCause() instanceof NewerEntryException;
  }

  /** Returns what ends a bucket's log. */
  static AppendException of(BucketId bucket, Throwable failure) {
    Throwable cause = Retrying.cause(failure);
    if (cause instanceof AppendException e) {
      return e;
    }
    String message = "bucket " + bucket + ": " + cause.getMessage();
    if (cause instanceof TransactionException) {
      return new AppendException(Reason.TRANSACTION, message, cause);
    }
    if (certain(cause)) {
      return new AppendException(
          Reason.FENCED, message + "; send the same batch to the bucket's owner", cause);
    }
    if (cause instanceof MetadataException) {
      return new AppendException(Reason.UNAVAILABLE, message + "; try again", cause);
    }
    if (isNewer(cause)) {
      return new AppendException(Reason.UNAVAILABLE, message, cause);
    }
    return new AppendException(
        Reason.STOPPED, message + "; the bucket stopped and must be looked at", cause);
  }

  /** The bucket has too many segments to seal another on demand. */
  static AppendException manySegments(BucketId bucket, int segments) {
    return new AppendException(
        Reason.TOO_MANY_SEGMENTS,
        "bucket %s isn't sealed on demand now: it has %d segments, and what is open is sealed by its age or size until some have left the log; flush less often, or lower log.retention"
            .formatted(bucket, segments));
  }

  /** The bucket is being handed over. */
  static AppendException givenUp(BucketId bucket, String owner) {
    return new AppendException(
        Reason.UNAVAILABLE,
        "bucket " + bucket + " is being given up by " + owner + "; ask its owner");
  }

  /** Another gateway has the claim. */
  static AppendException replaced(BucketId bucket, String owner) {
    return new AppendException(
        Reason.FENCED,
        "bucket " + bucket + " is claimed by '" + owner + "' now; send the same batch to it");
  }

  /** It can't be told whether this gateway still has the claim. */
  static AppendException unsure(BucketId bucket, @Nullable Throwable unreadable) {
    String text = "bucket " + bucket + ": its record can't be read; send the same batch again";
    return unreadable == null
        ? new AppendException(Reason.UNAVAILABLE, text)
        : new AppendException(Reason.UNAVAILABLE, text, Retrying.cause(unreadable));
  }

  /** Returns whether a ledger just can't be reached now. */
  static boolean mayPass(Throwable failure) {
    return failure instanceof SegmentException
        || (failure instanceof ReadException e && e.reason() != ReadException.Reason.CORRUPT);
  }

  /** Ledgers of a transaction can't be reached now. */
  static AppendException unreachable(BucketId bucket, Throwable failure) {
    return new AppendException(
        Reason.UNAVAILABLE,
        "bucket " + bucket + ": " + failure.getMessage() + "; try again",
        failure);
  }

  /** The record lacks rows that were acknowledged. */
  static AppendException behind(BucketId bucket, long base, long watermark) {
    return new AppendException(
        Reason.STOPPED,
        "bucket %s stopped: the record puts the next row at %d, not at %d"
            .formatted(bucket, base, watermark));
  }

  /** A closed ledger ends inside an entry. */
  static AppendException torn(BucketId bucket, ClosedLedger ledger) {
    return new AppendException(
        Reason.STOPPED,
        "bucket %s stopped: ledger %d ends inside an entry, at row %d"
            .formatted(bucket, ledger.ledgerId(), ledger.rows()));
  }

  /** A task of the bucket threw: what its memory says is in doubt, but not its ledgers. */
  static AppendException bug(BucketId bucket, Throwable thrown) {
    return new AppendException(
        Reason.UNAVAILABLE,
        "bucket %s failed in this gateway (%s) and is recovered from its ledgers; send the same batch again"
            .formatted(bucket, thrown),
        thrown);
  }

  private AppendFailures() {}
}
