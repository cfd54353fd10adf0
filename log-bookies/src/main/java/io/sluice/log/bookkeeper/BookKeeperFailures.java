package io.sluice.log.bookkeeper;

import io.sluice.log.segment.SegmentException;
import io.sluice.log.segment.SegmentException.Kind;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.apache.bookkeeper.client.api.BKException;
import org.apache.bookkeeper.client.api.BKException.Code;

/** What is true after one of BookKeeper's failures. */
final class BookKeeperFailures {

  /** An add: it may be stored on some bookies whatever the error, but for a fence. */
  static SegmentException add(long ledgerId, Throwable thrown) {
    Throwable cause = unwrap(thrown);
    return new SegmentException(
        code(cause) == Code.LedgerFencedException ? Kind.FENCED : Kind.UNKNOWN,
        "ledger " + ledgerId + ": an add failed: " + reason(cause),
        cause);
  }

  /** A close by the writer: metadata that moved under it was moved by a recovery. */
  static SegmentException close(long ledgerId, Throwable thrown) {
    Throwable cause = unwrap(thrown);
    int code = code(cause);
    boolean fenced =
        code == Code.LedgerFencedException
            || code == Code.MetadataVersionException
            || code == Code.LedgerClosedException;
    return new SegmentException(
        fenced ? Kind.FENCED : Kind.UNKNOWN,
        "ledger " + ledgerId + ": the close failed: " + reason(cause),
        cause);
  }

  /** A read or an open: nothing was changed. */
  static SegmentException read(String what, Throwable thrown) {
    Throwable cause = unwrap(thrown);
    int code = code(cause);
    boolean missing =
        code == Code.NoSuchLedgerExistsOnMetadataServerException
            || code == Code.NoSuchLedgerExistsException
            || code == Code.NoSuchEntryException;
    return new SegmentException(
        missing ? Kind.MISSING : Kind.UNAVAILABLE, what + " failed: " + reason(cause), cause);
  }

  /** A change of metadata, which may have been made. */
  static SegmentException change(String what, Throwable thrown) {
    Throwable cause = unwrap(thrown);
    int code = code(cause);
    Kind kind = Kind.UNKNOWN;
    if (code == Code.NoSuchLedgerExistsOnMetadataServerException) {
      kind = Kind.MISSING;
    } else if (code == Code.NotEnoughBookiesException || code == Code.LedgerRecoveryException) {
      kind = Kind.UNAVAILABLE;
    }
    return new SegmentException(kind, what + " failed: " + reason(cause), cause);
  }

  /** Returns whether there is no such ledger in the metadata. */
  static boolean isMissing(Throwable thrown) {
    return code(unwrap(thrown)) == Code.NoSuchLedgerExistsOnMetadataServerException;
  }

  /** Returns whether nothing was made because too few bookies are up. */
  static boolean isLackOfBookies(Throwable thrown) {
    return code(unwrap(thrown)) == Code.NotEnoughBookiesException;
  }

  private static int code(Throwable cause) {
    return cause instanceof BKException failure ? failure.getCode() : Code.OK;
  }

  private static String reason(Throwable cause) {
    if (cause instanceof TimeoutException) {
      return "no answer in time; see that bookies and ZooKeeper are up";
    }
    int code = code(cause);
    if (code == Code.UnauthorizedAccessException) {
      return "a bookie wants TLS and a certificate: set bookkeeper.tls.certificate, .key and .ca";
    }
    if (code == Code.NotEnoughBookiesException || code == Code.SecurityException) {
      return cause.getMessage()
          + ": some are down, or there is no TLS with them; see what the log says of each, and"
          + " `sluice bookie list`";
    }
    String message = cause.getMessage();
    return message == null ? cause.toString() : message;
  }

  private static Throwable unwrap(Throwable thrown) {
    Throwable cause = thrown.getCause();
    return thrown instanceof CompletionException && cause != null ? cause : thrown;
  }

  private BookKeeperFailures() {}
}
