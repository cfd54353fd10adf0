package io.sluice.catalog.table;

import io.sluice.catalog.lake.LakeFind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A table that was found in the lake, and what can be done about it.
 *
 * @param name its name
 * @param location its folder
 * @param metadataFiles what may be its current metadata
 * @param state what can be done
 * @param detail why, in words; empty if it can be rebuilt
 * @param extent what the lake has of it, where that was looked for
 */
public record LostTable(
    TableName name,
    String location,
    List<String> metadataFiles,
    State state,
    String detail,
    Optional<Extent> extent) {

  /** What can be done about a table. */
  public enum State {
    /** It has no record: it can be rebuilt. */
    LOST,
    /** It has a record: there is nothing to do. */
    PRESENT,
    /** It was dropped. */
    DROPPED,
    /** Somebody must decide, or mend something. */
    UNCLEAR
  }

  /**
   * What the lake has of a table.
   *
   * @param rows number of rows
   * @param newestRow when the newest of them was appended; empty if there is none, or no file says
   * @param newestCommit when its newest snapshot was committed; empty if there is none
   * @param lakeOffsets by bucket, one past the last offset in the lake
   */
  public record Extent(
      long rows,
      Optional<Instant> newestRow,
      Optional<Instant> newestCommit,
      SortedMap<Integer, Long> lakeOffsets) {}

  public LostTable {
    metadataFiles = List.copyOf(metadataFiles);
  }

  static LostTable of(LakeFind find, State state, String detail) {
    return new LostTable(
        find.name(), find.location(), find.metadataFiles(), state, detail, Optional.empty());
  }

  LostTable unclear(String why) {
    return new LostTable(name, location, metadataFiles, State.UNCLEAR, why, extent);
  }
}
