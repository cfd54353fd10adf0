package io.sluice.flink.read;

import io.sluice.client.BucketWatermark;
import io.sluice.client.SluiceException;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Looks in log and lake for the first row of each bucket that is late enough. */
interface TimeOffsets {

  /**
   * Returns for each bucket the first offset that the log has of such a row; where the log ends if
   * there is none.
   */
  SortedMap<Integer, Long> inLog() throws SluiceException;

  /** Returns what the log has now. */
  List<BucketWatermark> logs() throws SluiceException;

  /** Returns the first such offset below where a log begins, or that beginning if there is none. */
  long inLake(BucketWatermark log) throws IOException;

  /** Returns for each bucket the first offset of such a row; where the log ends if none is. */
  default SortedMap<Integer, Long> find() throws SluiceException, IOException {
    SortedMap<Integer, Long> offsets = new TreeMap<>(inLog());
    // The order matters: rows that left the log before they were looked for are below where it
    // begins afterwards.
    for (BucketWatermark log : logs()) {
      // If even the log's first row is late enough, the first such row may be in the lake.
      if (log.start() > 0 && offsets.getOrDefault(log.bucket(), 0L) <= log.start()) {
        offsets.merge(log.bucket(), inLake(log), Math::min);
      }
    }
    return offsets;
  }
}
