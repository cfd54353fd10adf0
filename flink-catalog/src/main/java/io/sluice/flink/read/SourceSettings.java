package io.sluice.flink.read;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a source runs.
 *
 * @param stop where the query ends
 * @param splitBytes how much of the lake's files one split of a batch query has, about, in bytes;
 *     null for what the lake table says
 * @param parallelism of the source; null for what Flink chooses
 * @param appendTimeWatermarks whether the source itself makes watermarks, of the rows' append times
 * @param idleTimeout after how long without rows such watermarks don't wait for a bucket any more;
 *     zero for never
 */
public record SourceSettings(
    Stop stop,
    @Nullable Long splitBytes,
    @Nullable Integer parallelism,
    boolean appendTimeWatermarks,
    Duration idleTimeout)
    implements Serializable {

  /** A query that goes on for ever, or reads all there is. */
  public static final SourceSettings DEFAULT =
      new SourceSettings(Stop.NEVER, null, null, false, Duration.ZERO);

  public SourceSettings {
    if (splitBytes != null && splitBytes < 1) {
      throw new IllegalArgumentException("scan.split-size must be at least 1 byte: " + splitBytes);
    }
    if (parallelism != null && parallelism < 1) {
      throw new IllegalArgumentException("scan.parallelism must be at least 1: " + parallelism);
    }
  }

  /** Returns this with another end. */
  public SourceSettings withStop(Stop other) {
    return new SourceSettings(other, splitBytes, parallelism, appendTimeWatermarks, idleTimeout);
  }

  /** Returns this with watermarks of the source itself. */
  public SourceSettings withAppendTimeWatermarks() {
    return new SourceSettings(stop, splitBytes, parallelism, true, idleTimeout);
  }
}
