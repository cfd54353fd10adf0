package io.sluice.compactor.write;

import java.nio.ByteOrder;
import java.util.Objects;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Type.TypeID;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/** Encodes BYTE_ARRAY and FIXED_LEN_BYTE_ARRAY columns, wide decimals among the latter. */
final class BytesEncoder extends ColumnEncoder {

  /** How a row group's pages are written; decided by its first page that has enough values. */
  private enum Way {
    UNDECIDED,
    DICTIONARY,
    PLAIN
  }

  // Fewer values don't say how the others will be.
  private static final int TELLING_VALUES = 256;

  private final Type type;
  private final int fixedLength;
  private final StagedBytes staged = new StagedBytes();
  private Way way = Way.UNDECIDED;
  private @Nullable BytesDictionary dictionary;

  BytesEncoder(
      Type type, ColumnDescriptor descriptor, EncoderTools tools, @Nullable BloomHashes bloom) {
    super(descriptor, tools, bloom);
    this.type = type;
    this.fixedLength =
        type().getPrimitiveTypeName() == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY
            ? type().getTypeLength()
            : -1;
  }

  private boolean isDecimal() {
    return type.typeId() == TypeID.DECIMAL;
  }

  private boolean isFixed() {
    return fixedLength >= 0;
  }

  @Override
  boolean takes(FieldVector vector) {
    if (isDecimal()) {
      return vector instanceof DecimalVector;
    }
    return isFixed()
        ? vector instanceof FixedSizeBinaryVector fixed && fixed.getByteWidth() == fixedLength
        : vector instanceof BaseVariableWidthVector;
  }

  @Override
  int room(FieldVector vector, int row, int most, boolean empty) {
    int fits;
    if (isFixed()) {
      fits = Math.min(most, (PAGE_BYTES - staged.bytes()) / Math.max(1, fixedLength));
    } else {
      readOffsets(vector, row, most);
      fits = prefixedWithin(tools.offsets(), most, PAGE_BYTES - staged.prefixedBytes());
    }
    return empty ? Math.max(1, fits) : Math.max(0, fits);
  }

  private void readOffsets(FieldVector vector, int row, int count) {
    vector
        .getOffsetBuffer()
        .nioBuffer((long) row * Integer.BYTES, (count + 1) * Integer.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asIntBuffer()
        .get(tools.offsets(), 0, count + 1);
  }

  @Override
  int placesAtOnce() {
    // So that an int holds their bytes.
    return Math.max(1, Math.min(PAGE_ROWS, PAGE_BYTES / Math.max(1, fixedLength)));
  }

  @Override
  long bytes(FieldVector vector, int place, int count) {
    if (isFixed()) {
      return (long) fixedLength * count;
    }
    ArrowBuf offsets = vector.getOffsetBuffer();
    long end = offsets.getInt((long) (place + count) * Integer.BYTES);
    return end - offsets.getInt((long) place * Integer.BYTES) + (long) Integer.BYTES * count;
  }

  @Override
  long gatheredBytes() {
    return isFixed() ? staged.bytes() : staged.prefixedBytes();
  }

  @Override
  void stagePlaces(
      FieldVector vector, int place, int count, PageBits present, int first, boolean whole) {
    if (!isFixed()) {
      readOffsets(vector, place, count);
    }
    stage(vector, place, count, present, first, whole);
  }

  /** Returns how many of the first values, each with a length of 4 bytes, are within a size. */
  private static int prefixedWithin(int[] offsets, int most, long bytes) {
    int within = 0;
    int beyond = most + 1;
    while (beyond - within > 1) {
      int middle = (within + beyond) >>> 1;
      long size = (long) offsets[middle] - offsets[0] + (long) Integer.BYTES * middle;
      if (size <= bytes) {
        within = middle;
      } else {
        beyond = middle;
      }
    }
    return within;
  }

  @Override
  void stage(FieldVector vector, int row, int count, PageBits present, int first, boolean whole) {
    ArrowBuf data = vector.getDataBuffer();
    if (isDecimal()) {
      stageDecimals(data, row, count, present, first);
      return;
    }
    int[] offsets = tools.offsets();
    if (isFixed()) {
      for (int i = 0; i <= count; i++) {
        offsets[i] = i * fixedLength;
      }
    }
    long from = isFixed() ? (long) row * fixedLength : offsets[0];
    int base = offsets[0];
    staged.ensure(count, offsets[count] - base);
    int at = staged.reserve(data, from, offsets[count] - base);
    int end = at;
    for (int i = 0; i < count; i++) {
      if (whole || present.get(first + i)) {
        int length = offsets[i + 1] - offsets[i];
        // What a null has in front of this value must go.
        staged.move(at + offsets[i] - base, end, length);
        end += length;
        staged.addEnd(end);
      }
    }
  }

  /**
   * Arrow has 16 bytes, lowest first; Parquet wants as few as the precision needs, highest first.
   */
  private void stageDecimals(ArrowBuf data, int row, int count, PageBits present, int first) {
    staged.ensure(count, count * fixedLength);
    for (int i = 0; i < count; i++) {
      if (present.get(first + i)) {
        long at = (long) (row + i) * DecimalVector.TYPE_WIDTH;
        staged.addReversed(data.getLong(at), data.getLong(at + Long.BYTES), fixedLength);
      }
    }
  }

  @Override
  int stagedCount() {
    return staged.count();
  }

  @Override
  long stagedBytes() {
    return staged.heldBytes();
  }

  @Override
  Encoding encode(ByteSink body) {
    Way chosen = way == Way.UNDECIDED ? decide() : way;
    if (chosen == Way.DICTIONARY) {
      if (writeIds(body)) {
        return Encoding.RLE_DICTIONARY;
      }
      way = Way.PLAIN;
    }
    writePlain(staged, body);
    return Encoding.PLAIN;
  }

  /** Chooses what makes this page smallest. Plain values shrink more when they are compressed. */
  private Way decide() {
    long best = (isFixed() ? staged.bytes() : staged.prefixedBytes()) * 8 / 10;
    Way chosen = Way.PLAIN;
    BytesDictionary tried = new BytesDictionary();
    if (tried.lookUp(staged, Math.min(best, DICTIONARY_BYTES), tools.ids(staged.count()))) {
      ByteSink draft = tools.draft();
      draft.clear();
      RunLengths.writeIds(
          tools.ids(staged.count()), staged.count(), NumberEncoder.idWidth(tried.size()), draft);
      if (draft.size() + tried.values().prefixedBytes() <= best) {
        dictionary = tried;
        chosen = Way.DICTIONARY;
      }
    }
    if (chosen == Way.DICTIONARY || staged.count() >= TELLING_VALUES) {
      way = chosen;
    }
    return chosen;
  }

  private boolean writeIds(ByteSink body) {
    BytesDictionary open = Objects.requireNonNull(dictionary);
    int before = open.size();
    if (!open.lookUp(staged, DICTIONARY_BYTES, tools.ids(staged.count()))) {
      open.close(before);
      return false;
    }
    int bits = NumberEncoder.idWidth(open.size());
    body.putByte(bits);
    RunLengths.writeIds(tools.ids(staged.count()), staged.count(), bits, body);
    return true;
  }

  private void writePlain(StagedBytes values, ByteSink body) {
    if (isFixed()) {
      body.putBytes(values.data(), 0, values.bytes());
    } else {
      body.ensure(Math.toIntExact(values.prefixedBytes()));
      for (int i = 0; i < values.count(); i++) {
        int length = values.length(i);
        body.putInt(length);
        body.putBytes(values.data(), values.start(i), length);
      }
    }
  }

  @Override
  Statistics<?> statistics() {
    int least = 0;
    int most = 0;
    long leastKey = key(0);
    long mostKey = leastKey;
    for (int i = 1; i < staged.count(); i++) {
      long key = key(i);
      if (key < leastKey || (key == leastKey && compare(i, least) < 0)) {
        least = i;
        leastKey = key;
      } else if (key > mostKey || (key == mostKey && compare(i, most) > 0)) {
        most = i;
        mostKey = key;
      }
    }
    Statistics<?> statistics = Statistics.createStats(type());
    statistics.updateStats(Binary.fromConstantByteArray(staged.copy(least)));
    if (most != least) {
      statistics.updateStats(Binary.fromConstantByteArray(staged.copy(most)));
    }
    return statistics;
  }

  /** Returns a value's first bytes as a number of the same order: decimals are signed. */
  private long key(int index) {
    long prefix = staged.prefix(index);
    return isDecimal() ? prefix : prefix ^ Long.MIN_VALUE;
  }

  /** Compares values of the same {@link #key}, so of the same sign. */
  private int compare(int left, int right) {
    int leftLength = staged.length(left);
    int rightLength = staged.length(right);
    return leftLength <= Long.BYTES && rightLength <= Long.BYTES
        ? Integer.compare(leftLength, rightLength)
        : staged.compare(left, right);
  }

  @Override
  long unencodedBytes() {
    return isFixed() ? 0 : staged.bytes();
  }

  @Override
  void hash(BloomHashes target) {
    target.addBytes(staged);
  }

  @Override
  void clearStaged() {
    staged.clear();
  }

  @Override
  long dictionaryBytes() {
    return dictionary == null ? 0 : dictionary.heldBytes();
  }

  @Override
  int writeDictionary(ByteSink body) {
    if (dictionary == null) {
      return 0;
    }
    writePlain(dictionary.values(), body);
    return dictionary.size();
  }

  @Override
  void release() {
    staged.release();
    way = Way.UNDECIDED;
    dictionary = null;
  }
}
