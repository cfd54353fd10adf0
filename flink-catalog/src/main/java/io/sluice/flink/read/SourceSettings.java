package io.sluice.flink.read;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * How a source runs.
 *
 * @param stop where the query ends
 * @param splitBytes how much of the lake's files one split of a batch query has, about, in bytes;
 *     null for what the lake table says
 * @param parallelism of the source; null for what Flink chooses
 */
public record SourceSettings(Stop stop, @Nullable Long splitBytes, @Nullable Integer parallelism)
    implements Serializable {

  /** A query that goes on for ever, or reads all there is. */
  public static final SourceSettings DEFAULT = new SourceSettings(Stop.NEVER, null, null);

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
    return new SourceSettings(other, splitBytes, parallelism);
  }
}
