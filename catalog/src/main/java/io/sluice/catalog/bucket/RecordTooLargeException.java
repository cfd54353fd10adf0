package io.sluice.catalog.bucket;

/** A bucket's record would get too large by a step, which wasn't made: the bucket has too much. */
public final class RecordTooLargeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  RecordTooLargeException(String path, int bytes, int most, int segments) {
    super(
        "bucket record %s has %d bytes, more than %d, for %d segments; see that rows get to the lake, and leave the log sooner (log.retention)"
            .formatted(path, bytes, most, segments));
  }
}
