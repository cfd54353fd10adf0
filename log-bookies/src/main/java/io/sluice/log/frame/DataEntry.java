package io.sluice.log.frame;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes data entries and takes them apart; see {@link EntryHeader} for their layout. */
public final class DataEntry {

  /**
   * Rows on their way into an entry.
   *
   * @param batchRows number of rows of the whole batch
   */
  public record Part(FrameRows rows, int schemaId, @Nullable WriterSequence writer, int batchRows) {

    /** Returns how many bytes of an entry these rows take. */
    public int size() {
      return FrameCodec.size(rows);
    }
  }

  /**
   * Copies rows into a new entry.
   *
   * @param parts at least one; their buffers stay the caller's
   * @param relativeOffset the first row's offset in the segment
   * @param timeMicros append time of all rows
   * @return the entry, for the caller to release
   */
  public static ByteBuf encode(List<Part> parts, long relativeOffset, long timeMicros) {
    int rows = 0;
    int size = EntryHeader.SIZE;
    for (Part part : parts) {
      rows = Math.addExact(rows, part.rows().rows());
      size = Math.addExact(size, part.size());
    }
    ByteBuf entry = EntryMemory.buffer(size);
    new EntryHeader(EntryType.DATA, rows, relativeOffset, parts.size()).write(entry);
    for (Part part : parts) {
      FrameCodec.write(
          part.rows(), part.schemaId(), part.writer(), part.batchRows(), timeMicros, entry);
    }
    return entry;
  }

  /**
   * Returns the frames of an entry, each with a reference of its own to it; none if it holds no
   * rows.
   *
   * @param entry stays the caller's
   * @throws CorruptEntryException if it isn't an entry; no reference is taken then
   */
  public static List<Frame> frames(ByteBuf entry) {
    EntryHeader header = EntryHeader.read(entry);
    List<Frame> frames = new ArrayList<>();
    if (header.type() != EntryType.DATA) {
      return frames;
    }
    try {
      readAll(entry, header, frames);
    } catch (CorruptEntryException e) {
      frames.forEach(Frame::release);
      throw e;
    }
    return frames;
  }

  private static void readAll(ByteBuf entry, EntryHeader header, List<Frame> frames) {
    int at = entry.readerIndex() + EntryHeader.SIZE;
    long rows = 0;
    for (int i = 0; i < header.count(); i++) {
      Frame frame = FrameCodec.read(entry, at);
      frames.add(frame);
      rows += frame.header().rows();
      at += frame.bytes();
    }
    if (rows != header.rows()) {
      throw new CorruptEntryException(
          "the entry says " + header.rows() + " rows, its frames have " + rows);
    }
    if (at != entry.writerIndex()) {
      throw new CorruptEntryException(
          (entry.writerIndex() - at) + " bytes follow the last of " + header.count() + " frames");
    }
  }

  private DataEntry() {}
}
