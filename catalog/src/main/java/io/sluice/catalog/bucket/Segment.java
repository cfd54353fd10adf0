package io.sluice.catalog.bucket;

import java.util.OptionalLong;

/**
 * One ledger's place in a bucket, and where it is in its life: open, sealed or spliced, deleting.
 */
public sealed interface Segment {

  /** Returns the id of the ledger. */
  long ledgerId();

  /** Returns the offset of the ledger's first row. */
  long baseOffset();

  /** Returns one past the offset of the ledger's last row; empty while the ledger is open. */
  OptionalLong end();

  /** Returns whether a reader may still read the ledger. */
  boolean readable();

  /** Returns whether the ledger begins with the bucket's writer window. */
  boolean hasWindow();

  /**
   * A segment whose ledger's owner may append to it. Always the last one of its bucket.
   *
   * @param claimEpoch the epoch that opened it
   * @param openedAtMicros when it was opened, in microseconds since 1970
   */
  record Open(long ledgerId, long baseOffset, long claimEpoch, long openedAtMicros)
      implements Segment {

    public Open {
      SegmentChecks.range(ledgerId, baseOffset, baseOffset);
      if (claimEpoch < 1) {
        throw new IllegalArgumentException("claimEpoch must be >= 1: " + claimEpoch);
      }
    }

    @Override
    public OptionalLong end() {
      return OptionalLong.empty();
    }

    @Override
    public boolean readable() {
      return true;
    }

    @Override
    public boolean hasWindow() {
      return true;
    }
  }

  /** A segment whose ledger is closed: its rows are the same for ever. */
  sealed interface Closed extends Segment {

    /** Returns one past the offset of the last row; the base if there is none. */
    long endOffset();

    /** Returns the size of the ledger's entries, in bytes. */
    long bytes();

    /** Returns the append time of the first row, in microseconds since 1970. */
    long minTimeMicros();

    /** Returns the append time of the last row, in microseconds since 1970. */
    long maxTimeMicros();

    /** Returns the number of rows. */
    default long rows() {
      return endOffset() - baseOffset();
    }

    @Override
    default OptionalLong end() {
      return OptionalLong.of(endOffset());
    }

    @Override
    default boolean readable() {
      return true;
    }
  }

  /**
   * A segment that its owner, or a recovery, has closed.
   *
   * @param endOffset one past the last row's offset; {@code baseOffset} if the ledger is empty
   * @param minTimeMicros append time of the first row; of an empty ledger, when it was opened
   * @param maxTimeMicros append time of the last row, at least {@code minTimeMicros}
   * @param bytes size of the ledger's entries
   * @param hasWindow whether the ledger begins with the writer window; false if recovery found that
   *     not even that was stored
   */
  record Sealed(
      long ledgerId,
      long baseOffset,
      long endOffset,
      long minTimeMicros,
      long maxTimeMicros,
      long bytes,
      boolean hasWindow)
      implements Closed {

    public Sealed {
      SegmentChecks.range(ledgerId, baseOffset, endOffset);
      if (maxTimeMicros < minTimeMicros) {
        throw new IllegalArgumentException(
            "maxTimeMicros must be >= minTimeMicros: " + maxTimeMicros + " < " + minTimeMicros);
      }
      SegmentChecks.bytes(bytes);
    }
  }

  /**
   * A closed ledger of a transaction, put at the end of the bucket when the transaction committed.
   *
   * @param appendTimeMicros the append time of all its rows, in microseconds since 1970
   * @param bytes size of the ledger's entries
   */
  record Spliced(long ledgerId, long baseOffset, long endOffset, long appendTimeMicros, long bytes)
      implements Closed {

    public Spliced {
      SegmentChecks.range(ledgerId, baseOffset, endOffset);
      SegmentChecks.bytes(bytes);
    }

    @Override
    public long minTimeMicros() {
      return appendTimeMicros;
    }

    @Override
    public long maxTimeMicros() {
      return appendTimeMicros;
    }

    @Override
    public boolean hasWindow() {
      return false;
    }
  }

  /** A segment whose ledger is being deleted or already is: nobody may read it. */
  record Deleting(long ledgerId, long baseOffset, long endOffset) implements Segment {

    public Deleting {
      SegmentChecks.range(ledgerId, baseOffset, endOffset);
    }

    @Override
    public OptionalLong end() {
      return OptionalLong.of(endOffset);
    }

    @Override
    public boolean readable() {
      return false;
    }

    @Override
    public boolean hasWindow() {
      return false;
    }
  }
}
