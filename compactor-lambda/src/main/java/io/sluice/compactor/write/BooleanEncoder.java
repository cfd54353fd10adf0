package io.sluice.compactor.write;

import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;

/** Encodes BOOLEAN columns, one bit each as Arrow has them; there is no Bloom filter of them. */
final class BooleanEncoder extends ColumnEncoder {

  private static final long BOTH_BYTES = 2L * PAGE_ROWS / Byte.SIZE;

  private final PageBits staged = new PageBits();
  private final PageBits read = new PageBits();

  BooleanEncoder(ColumnDescriptor descriptor, EncoderTools tools) {
    super(descriptor, tools, null);
  }

  @Override
  boolean takes(FieldVector vector) {
    return vector instanceof BitVector;
  }

  @Override
  int room(FieldVector vector, int row, int most, boolean empty) {
    return most;
  }

  @Override
  void stage(FieldVector vector, int row, int count, PageBits present, int first, boolean whole) {
    if (whole) {
      staged.append(vector.getDataBuffer(), row, count);
      return;
    }
    read.clear();
    read.append(vector.getDataBuffer(), row, count);
    for (int i = 0; i < count; i++) {
      if (present.get(first + i)) {
        staged.append(read.bit(i), 1);
      }
    }
  }

  @Override
  int stagedCount() {
    return staged.size();
  }

  @Override
  long stagedBytes() {
    return BOTH_BYTES;
  }

  @Override
  Encoding encode(ByteSink body) {
    for (int i = 0; i * Byte.SIZE < staged.size(); i++) {
      body.putByte(staged.byteAt(i));
    }
    return Encoding.PLAIN;
  }

  @Override
  Statistics<?> statistics() {
    int trues = staged.ones();
    Statistics<?> statistics = Statistics.createStats(type());
    statistics.updateStats(trues == staged.size());
    statistics.updateStats(trues > 0);
    return statistics;
  }

  @Override
  long unencodedBytes() {
    return 0;
  }

  @Override
  void hash(BloomHashes target) {
    throw new IllegalStateException("booleans have no Bloom filter");
  }

  @Override
  void clearStaged() {
    staged.clear();
  }

  @Override
  long dictionaryBytes() {
    return 0;
  }

  @Override
  int writeDictionary(ByteSink body) {
    return 0;
  }

  @Override
  void release() {}
}
