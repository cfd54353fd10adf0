package io.sluice.log.frame;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gathers a {@link SegmentIndex} while entries are added. Bounded: when it gets too big, blocks
 * that follow each other are merged two by two, and from then on each block takes twice as many
 * entries. One thread at a time.
 */
public final class SegmentIndexBuilder {

  private final int maxBytes;
  private final List<SegmentIndex.Block> blocks = new ArrayList<>();
  private long rows;
  private long bytes;
  private int entriesPerBlock = 1;
  private int entriesInLast;

  /**
   * @param maxBytes about the most bytes that the index may take, at least 1
   */
  public SegmentIndexBuilder(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Returns the number of rows of the entries that were added. */
  public long rows() {
    return rows;
  }

  /**
   * Adds a data entry that follows the last one.
   *
   * @param frames the entry's frames, at least one; stay the caller's
   */
  public void add(long entryId, List<FrameHeader> frames) {
    SegmentIndex.Block block = block(entryId, rows, frames);
    rows += block.rows();
    if (entriesInLast > 0 && entriesInLast < entriesPerBlock) {
      SegmentIndex.Block last = blocks.remove(blocks.size() - 1);
      bytes -= last.size();
      block = merge(last, block);
    } else {
      entriesInLast = 0;
    }
    blocks.add(block);
    bytes += block.size();
    entriesInLast++;
    while (bytes > maxBytes && blocks.size() > 1) {
      halve();
    }
  }

  /** Returns the index of what was added so far. */
  public SegmentIndex build() {
    return new SegmentIndex(rows, blocks);
  }

  private void halve() {
    List<SegmentIndex.Block> all = List.copyOf(blocks);
    blocks.clear();
    bytes = 0;
    for (int i = 0; i < all.size(); i += 2) {
      SegmentIndex.Block block =
          i + 1 < all.size() ? merge(all.get(i), all.get(i + 1)) : all.get(i);
      blocks.add(block);
      bytes += block.size();
    }
    if (all.size() % 2 == 0) {
      entriesInLast += entriesPerBlock;
    }
    entriesPerBlock *= 2;
  }

  private static SegmentIndex.Block block(long entryId, long offset, List<FrameHeader> frames) {
    FrameHeader first = frames.get(0);
    int rows = first.rows();
    List<ColumnBounds> bounds = first.bounds();
    for (FrameHeader frame : frames.subList(1, frames.size())) {
      bounds = merge(bounds, rows, frame.bounds(), frame.rows());
      rows += frame.rows();
    }
    return new SegmentIndex.Block(entryId, offset, rows, first.timeMicros(), bounds);
  }

  private static SegmentIndex.Block merge(SegmentIndex.Block left, SegmentIndex.Block right) {
    return new SegmentIndex.Block(
        left.firstEntryId(),
        left.relativeOffset(),
        Math.addExact(left.rows(), right.rows()),
        left.timeMicros(),
        merge(left.bounds(), left.rows(), right.bounds(), right.rows()));
  }

  /** A column that only one side knows of is left out: nothing holds for both. */
  private static List<ColumnBounds> merge(
      List<ColumnBounds> left, int leftRows, List<ColumnBounds> right, int rightRows) {
    Map<Integer, ColumnBounds> byField = new HashMap<>();
    right.forEach(column -> byField.put(column.fieldId(), column));
    List<ColumnBounds> merged = new ArrayList<>();
    for (ColumnBounds column : left) {
      ColumnBounds other = byField.get(column.fieldId());
      if (other != null) {
        merged.add(column.merge(leftRows, other, rightRows));
      }
    }
    return merged;
  }
}
