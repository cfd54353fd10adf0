package io.sluice.flink.lake;

import io.sluice.catalog.range.OffsetRange;
import java.util.List;
import java.util.Optional;

/**
 * The next piece of a bucket's history to read from the lake: few enough rows to be put in order in
 * memory, and all files that may hold some of them. Offsets are dense, so a range of {@code n}
 * offsets has at most {@code n} rows, however the files are cut.
 *
 * @param range its offsets
 * @param files those that may have rows in it; others have none
 */
record ChunkPlan<T>(OffsetRange range, List<T> files) {

  ChunkPlan {
    files = List.copyOf(files);
  }

  /**
   * A file and what is known of its offsets.
   *
   * @param first at or below its smallest offset
   * @param last at or above its largest offset
   */
  record OffsetFile<T>(long first, long last, T file) {

    boolean mayHold(OffsetRange range) {
      return first < range.end() && last >= range.start();
    }
  }

  /**
   * Plans the chunk that begins {@code wanted}; what was deleted before it is left out.
   *
   * @param maxRows at least 1
   * @return empty if no file may have rows of {@code wanted}
   */
  static <T> Optional<ChunkPlan<T>> next(
      OffsetRange wanted, List<OffsetFile<T>> files, int maxRows) {
    List<OffsetFile<T>> relevant = files.stream().filter(file -> file.mayHold(wanted)).toList();
    if (wanted.isEmpty() || relevant.isEmpty()) {
      return Optional.empty();
    }
    long smallest = relevant.stream().mapToLong(OffsetFile::first).min().orElseThrow();
    long start = Math.max(wanted.start(), smallest);
    long end = start + Math.min(maxRows, wanted.end() - start);
    OffsetRange range = new OffsetRange(start, end);
    List<T> chosen =
        relevant.stream().filter(file -> file.mayHold(range)).map(OffsetFile::file).toList();
    return Optional.of(new ChunkPlan<>(range, chosen));
  }
}
