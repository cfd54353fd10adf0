package io.sluice.compactor.write;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.statistics.SizeStatistics;
import org.apache.parquet.schema.PrimitiveType;

/** The levels of a page of a column that is within others. */
final class PageLevels {

  private static final int FIRST_ROOM = 64;

  private final PrimitiveType type;
  private final int maxRepetition;
  private final int maxDefinition;
  private byte[] repetition = new byte[0];
  private byte[] definition = new byte[0];
  private int entries;
  private int rows;

  PageLevels(ColumnDescriptor column) {
    this.type = column.getPrimitiveType();
    this.maxRepetition = column.getMaxRepetitionLevel();
    this.maxDefinition = column.getMaxDefinitionLevel();
  }

  int entries() {
    return entries;
  }

  int rows() {
    return rows;
  }

  /** Returns how many of the entries are values. */
  int values() {
    int values = 0;
    for (int i = 0; i < entries; i++) {
      values += definition[i] == maxDefinition ? 1 : 0;
    }
    return values;
  }

  /** Appends rows {@code [from, to)}. */
  void append(LeafEntries source, int from, int to) {
    int first = source.firstEntry(from);
    int count = source.firstEntry(to) - first;
    if (entries + count > definition.length) {
      int room = Math.max(Math.max(entries + count, FIRST_ROOM), 2 * definition.length);
      definition = Arrays.copyOf(definition, room);
      repetition = maxRepetition == 0 ? repetition : Arrays.copyOf(repetition, room);
    }
    System.arraycopy(source.definition(), first, definition, entries, count);
    if (maxRepetition > 0) {
      System.arraycopy(source.repetition(), first, repetition, entries, count);
    }
    entries += count;
    rows += to - from;
  }

  /** Writes both kinds of levels as a page of version 1 has them. */
  void write(ByteSink out) {
    if (maxRepetition > 0) {
      write(repetition, maxRepetition, out);
    }
    if (maxDefinition > 0) {
      write(definition, maxDefinition, out);
    }
  }

  private void write(byte[] levels, int most, ByteSink out) {
    int at = out.size();
    out.putInt(0);
    RunLengths.writeLevels(levels, entries, BitPacking.width(most), out);
    out.setInt(at, out.size() - at - Integer.BYTES);
  }

  /** Says how often there is each level, as far as Parquet can't know it otherwise. */
  SizeStatistics sizes(long unencodedBytes) {
    return new SizeStatistics(
        type,
        unencodedBytes,
        maxRepetition > 0 ? histogram(repetition, maxRepetition) : Collections.emptyList(),
        maxDefinition > 1 ? histogram(definition, maxDefinition) : Collections.emptyList());
  }

  private List<Long> histogram(byte[] levels, int most) {
    long[] counts = new long[most + 1];
    for (int i = 0; i < entries; i++) {
      counts[levels[i]]++;
    }
    return LongStream.of(counts).boxed().toList();
  }

  /** Returns the memory that this takes, in bytes. */
  long heldBytes() {
    return (long) repetition.length + definition.length;
  }

  void clear() {
    entries = 0;
    rows = 0;
  }

  /** Frees memory. */
  void release() {
    clear();
    repetition = new byte[0];
    definition = new byte[0];
  }
}
