package io.sluice.log.frame;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gathers a {@link SegmentIndex} while entries are added. Bounded in two ways: a block takes
 * entries until it has enough bytes of them, so that the index is small beside what it tells of,
 * however small entries are; and when it gets too big nevertheless, blocks that follow each other
 * are merged two by two, and from then on each takes twice as many bytes. One thread at a time.
 */
public final class SegmentIndexBuilder {

  private final int maxBytes;
  private final List<SegmentIndex.Block> blocks = new ArrayList<>();
  private long rows;
  private long bytes;
  private long blockBytes;
  private long bytesInLast;

  /**
   * @param maxBytes about the most bytes that the index may take as an entry, at least 1; in memory
   *     it takes some five times as much
   * @param blockBytes how many bytes of entries a block has at least, but for the last one
   */
  public SegmentIndexBuilder(int maxBytes, int blockBytes) {
    this.maxBytes = maxBytes;
    this.blockBytes = blockBytes;
  }

  /** Returns the number of rows of the entries that were added. */
  public long rows() {
    return rows;
  }

  /**
   * Adds a data entry that follows the last one.
   *
   * @param timeMicros append time of its rows
   * @param frames what is in it, at least one; of each only the number of rows and the bounds are
   *     looked at
   * @param size of the entry, in bytes
   */
  public void add(long entryId, long timeMicros, List<FrameRows> frames, int size) {
    SegmentIndex.Block block = block(entryId, rows, timeMicros, frames);
    rows += block.rows();
    if (!blocks.isEmpty() && bytesInLast < blockBytes) {
      SegmentIndex.Block last = blocks.remove(blocks.size() - 1);
      bytes -= last.size();
      block = merge(last, block);
    } else {
      bytesInLast = 0;
    }
    blocks.add(block);
    bytes += block.size();
    bytesInLast += size;
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
      bytesInLast += blockBytes;
    }
    blockBytes *= 2;
  }

  private static SegmentIndex.Block block(
      long entryId, long offset, long timeMicros, List<FrameRows> frames) {
    int rows = frames.get(0).rows();
    List<ColumnBounds> bounds = frames.get(0).bounds();
    for (FrameRows frame : frames.subList(1, frames.size())) {
      bounds = merge(bounds, rows, frame.bounds(), frame.rows());
      rows += frame.rows();
    }
    return new SegmentIndex.Block(entryId, offset, rows, timeMicros, bounds);
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
    Map<Integer, ColumnBounds> byField = null;
    List<ColumnBounds> merged = new ArrayList<>(left.size());
    for (int i = 0; i < left.size(); i++) {
      ColumnBounds column = left.get(i);
      ColumnBounds other = i < right.size() ? right.get(i) : null;
      // Frames of one schema have their columns in one order.
      if (other == null || other.fieldId() != column.fieldId()) {
        byField = byField == null ? byField(right) : byField;
        other = byField.get(column.fieldId());
      }
      if (other != null) {
        merged.add(column.merge(leftRows, other, rightRows));
      }
    }
    return merged;
  }

  private static Map<Integer, ColumnBounds> byField(List<ColumnBounds> bounds) {
    Map<Integer, ColumnBounds> byField = new HashMap<>();
    bounds.forEach(column -> byField.put(column.fieldId(), column));
    return byField;
  }
}
