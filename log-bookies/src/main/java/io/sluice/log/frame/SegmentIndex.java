package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a segment's rows are: runs of entries, with the offset, time and column bounds of each run.
 * It is the last entry of a ledger that its owner sealed.
 *
 * <p>After the {@link EntryHeader}, whose count is the number of blocks, each block is
 *
 * <pre>
 *   0          8                 16     20           28          32
 *   +----------+-----------------+------+------------+-----------+--------+
 *   | entry id | relative offset | rows | time, us   | n columns | bounds |
 *   +----------+-----------------+------+------------+-----------+--------+
 * </pre>
 *
 * big-endian; the bounds as in {@link BoundsCodec}.
 *
 * @param rows number of rows of the segment
 * @param blocks in the order of their entries, dense
 */
public record SegmentIndex(long rows, List<Block> blocks) {

  private static final int BLOCK_SIZE = 32;

  /**
   * A run of entries, up to the next block's first.
   *
   * @param firstEntryId id of the first entry
   * @param relativeOffset offset of its first row in the segment
   * @param rows number of rows of all entries
   * @param timeMicros append time of its first row
   * @param bounds of the columns; a column may be missing
   */
  public record Block(
      long firstEntryId,
      long relativeOffset,
      int rows,
      long timeMicros,
      List<ColumnBounds> bounds) {

    public Block {
      if (firstEntryId < 0 || relativeOffset < 0 || rows < 1) {
        throw new IllegalArgumentException(
            "entry " + firstEntryId + ", relativeOffset " + relativeOffset + ", rows " + rows);
      }
      bounds = List.copyOf(bounds);
    }

    int size() {
      return BLOCK_SIZE + BoundsCodec.size(bounds);
    }
  }

  public SegmentIndex {
    blocks = List.copyOf(blocks);
    long next = 0;
    for (Block block : blocks) {
      if (block.relativeOffset() != next) {
        throw new IllegalArgumentException(
            "a block begins at " + block.relativeOffset() + ", the one before ends at " + next);
      }
      next += block.rows();
    }
    if (next != rows) {
      throw new IllegalArgumentException("blocks have " + next + " rows, the segment " + rows);
    }
  }

  /**
   * Returns the place of the block that holds a row.
   *
   * @param relativeOffset at least 0, less than {@link #rows}
   */
  public int blockOf(long relativeOffset) {
    int low = 0;
    int high = blocks.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (blocks.get(middle).relativeOffset() <= relativeOffset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Returns the entry, for the caller to release. */
  public ByteBuf encode() {
    int size = EntryHeader.SIZE;
    for (Block block : blocks) {
      size += block.size();
    }
    ByteBuf entry = ByteBufAllocator.DEFAULT.directBuffer(size, size);
    new EntryHeader(EntryType.INDEX, 0, rows, blocks.size()).write(entry);
    for (Block block : blocks) {
      entry.writeLong(block.firstEntryId());
      entry.writeLong(block.relativeOffset());
      entry.writeInt(block.rows());
      entry.writeLong(block.timeMicros());
      entry.writeInt(block.bounds().size());
      BoundsCodec.write(block.bounds(), entry);
    }
    return entry;
  }

  /**
   * Reads an index entry.
   *
   * @param entry stays the caller's
   * @throws CorruptEntryException if it isn't one
   */
  public static SegmentIndex decode(ByteBuf entry) {
    EntryHeader header = EntryHeader.read(entry);
    if (header.type() != EntryType.INDEX) {
      throw new CorruptEntryException("not an index entry but a " + header.type() + " entry");
    }
    ByteBuf in = entry.slice(entry.readerIndex(), entry.readableBytes());
    in.skipBytes(EntryHeader.SIZE);
    if (header.count() > in.readableBytes() / BLOCK_SIZE) {
      throw new CorruptEntryException(
          header.count() + " blocks can't be in " + in.readableBytes() + " bytes");
    }
    try {
      List<Block> blocks = new ArrayList<>(header.count());
      for (int i = 0; i < header.count(); i++) {
        blocks.add(readBlock(i, in));
      }
      return new SegmentIndex(header.relativeOffset(), blocks);
    } catch (IllegalArgumentException e) {
      throw new CorruptEntryException("index entry: " + e.getMessage(), e);
    }
  }

  private static Block readBlock(int index, ByteBuf in) {
    if (in.readableBytes() < BLOCK_SIZE) {
      throw new CorruptEntryException("block " + index + " is cut off");
    }
    long entryId = in.readLong();
    long relativeOffset = in.readLong();
    int rows = in.readInt();
    long timeMicros = in.readLong();
    int columns = in.readInt();
    return new Block(entryId, relativeOffset, rows, timeMicros, BoundsCodec.read(columns, in));
  }
}
