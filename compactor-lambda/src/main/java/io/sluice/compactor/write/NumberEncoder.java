package io.sluice.compactor.write;

import java.util.Arrays;
import java.util.Objects;
import org.apache.arrow.vector.FieldVector;
import org.apache.iceberg.FieldMetrics;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/** Encodes INT32, INT64, FLOAT and DOUBLE columns. */
final class NumberEncoder extends ColumnEncoder {

  /** How a row group's pages are written; decided by its first page that has enough values. */
  private enum Way {
    UNDECIDED,
    DICTIONARY,
    DELTA,
    PLAIN
  }

  // Fewer values don't say how the others will be.
  private static final int TELLING_VALUES = 256;

  private static final int FIRST_ROOM = 64;

  private final NestedField column;
  private final PrimitiveTypeName physical;
  private final int width;
  private final FloatOrder order;
  private final @Nullable NanCount nans;
  private long[] staged = new long[0];
  private int count;
  private long next;
  private long step;
  private Way way = Way.UNDECIDED;
  private @Nullable NumberDictionary dictionary;

  NumberEncoder(
      NestedField column,
      ColumnDescriptor descriptor,
      EncoderTools tools,
      @Nullable BloomHashes bloom) {
    super(descriptor, tools, bloom);
    this.column = column;
    this.physical = descriptor.getPrimitiveType().getPrimitiveTypeName();
    this.width =
        physical == PrimitiveTypeName.INT32 || physical == PrimitiveTypeName.FLOAT
            ? Integer.BYTES
            : Long.BYTES;
    this.order = FloatOrder.of(width);
    this.nans = NanCount.of(column.fieldId(), column.type());
  }

  private boolean isInteger() {
    return physical == PrimitiveTypeName.INT32 || physical == PrimitiveTypeName.INT64;
  }

  @Override
  boolean takes(FieldVector vector) {
    return NumberLayout.of(column.type(), vector) != null;
  }

  @Override
  int room(FieldVector vector, int row, int most, boolean empty) {
    return most;
  }

  @Override
  void stage(FieldVector vector, int row, int rows, PageBits present, int first, boolean whole) {
    ensure(rows);
    NumberLayout layout = Objects.requireNonNull(NumberLayout.of(column.type(), vector));
    layout.read(vector.getDataBuffer(), row, rows, staged, count);
    if (whole) {
      count += rows;
      return;
    }
    long[] values = staged;
    int from = count;
    int to = count;
    for (int i = 0; i < rows; i++) {
      values[to] = values[from + i];
      to += present.bit(first + i);
    }
    count = to;
  }

  private void ensure(int more) {
    if (count + more > staged.length) {
      int grown = Math.max(Math.max(count + more, FIRST_ROOM), 2 * staged.length);
      staged = Arrays.copyOf(staged, Math.max(count + more, Math.min(grown, PAGE_ROWS)));
    }
  }

  /** Appends {@code first}, {@code first + step} and so on. */
  void appendRun(long first, long stepBy, int rows) {
    next = first;
    step = stepBy;
    appendEach(rows, true);
  }

  @Override
  void stageNext(int rows) {
    ensure(rows);
    for (int i = 0; i < rows; i++) {
      staged[count + i] = next;
      next += step;
    }
    count += rows;
  }

  @Override
  int stagedCount() {
    return count;
  }

  @Override
  long stagedBytes() {
    return (long) Long.BYTES * staged.length;
  }

  @Override
  Encoding encode(ByteSink body) {
    Way chosen = way == Way.UNDECIDED ? decide() : way;
    if (chosen == Way.DICTIONARY && !writeIds(body)) {
      way = isInteger() && tools.deltaPacked() ? Way.DELTA : Way.PLAIN;
      chosen = way;
    }
    if (chosen == Way.DICTIONARY) {
      return Encoding.RLE_DICTIONARY;
    }
    if (chosen == Way.DELTA && draftDeltas() < plainBytes()) {
      body.putBytes(tools.draft().array(), 0, tools.draft().size());
      return Encoding.DELTA_BINARY_PACKED;
    }
    writePlain(staged, count, body);
    return Encoding.PLAIN;
  }

  private long plainBytes() {
    return (long) count * width;
  }

  private int draftDeltas() {
    ByteSink draft = tools.draft();
    draft.clear();
    tools.deltas().write(staged, count, width == Integer.BYTES, draft);
    return draft.size();
  }

  /** Chooses what makes this page smallest. Plain values shrink most when they are compressed. */
  private Way decide() {
    long best = plainBytes() * 7 / 10;
    Way chosen = Way.PLAIN;
    if (isInteger() && tools.deltaPacked()) {
      int deltaBytes = draftDeltas();
      if (deltaBytes <= best) {
        best = deltaBytes;
        chosen = Way.DELTA;
      }
    }
    NumberDictionary tried = new NumberDictionary();
    int limit = (int) (Math.min(best, DICTIONARY_BYTES) / width);
    if (tried.lookUp(staged, count, limit, tools.ids(count))) {
      ByteSink draft = tools.draft();
      draft.clear();
      RunLengths.writeIds(tools.ids(count), count, idWidth(tried.size()), draft);
      if (draft.size() + (long) tried.size() * width <= best) {
        dictionary = tried;
        chosen = Way.DICTIONARY;
      }
    }
    if (chosen == Way.DICTIONARY || count >= TELLING_VALUES) {
      way = chosen;
    }
    return chosen;
  }

  /** Returns the bits of an id; never 0, which some readers don't expect. */
  static int idWidth(int dictionarySize) {
    return Math.max(1, BitPacking.width(dictionarySize - 1));
  }

  private boolean writeIds(ByteSink body) {
    NumberDictionary open = Objects.requireNonNull(dictionary);
    int before = open.size();
    if (!open.lookUp(staged, count, DICTIONARY_BYTES / width, tools.ids(count))) {
      open.close(before);
      return false;
    }
    int bits = idWidth(open.size());
    body.putByte(bits);
    RunLengths.writeIds(tools.ids(count), count, bits, body);
    return true;
  }

  private void writePlain(long[] values, int some, ByteSink body) {
    if (width == Integer.BYTES) {
      body.putInts(values, some);
    } else {
      body.putLongs(values, some);
    }
  }

  @Override
  @Nullable Statistics<?> statistics() {
    return isInteger() ? integerStatistics() : floatStatistics();
  }

  private Statistics<?> integerStatistics() {
    long least = staged[0];
    long most = staged[0];
    for (int i = 1; i < count; i++) {
      least = Math.min(least, staged[i]);
      most = Math.max(most, staged[i]);
    }
    Statistics<?> statistics = Statistics.createStats(type());
    if (width == Integer.BYTES) {
      statistics.updateStats((int) least);
      statistics.updateStats((int) most);
    } else {
      statistics.updateStats(least);
      statistics.updateStats(most);
    }
    return statistics;
  }

  /** Parquet leaves NaN out of its bounds, and has -0.0 as the lower and 0.0 as the upper zero. */
  private @Nullable Statistics<?> floatStatistics() {
    FloatOrder.Bounds bounds = order.bounds(staged, count);
    Objects.requireNonNull(nans).add(count, bounds);
    if (bounds.isEmpty()) {
      return null;
    }
    Statistics<?> statistics = Statistics.createStats(type());
    double least = bounds.least() == 0 ? -0.0 : bounds.least();
    double most = bounds.most() == 0 ? 0.0 : bounds.most();
    if (width == Integer.BYTES) {
      statistics.updateStats((float) least);
      statistics.updateStats((float) most);
    } else {
      statistics.updateStats(least);
      statistics.updateStats(most);
    }
    return statistics;
  }

  @Override
  void countNulls(int nulls) {
    if (nans != null) {
      nans.addNulls(nulls);
    }
  }

  @Override
  @Nullable FieldMetrics<?> metrics() {
    return nans == null ? null : nans.metrics();
  }

  @Override
  long unencodedBytes() {
    return 0;
  }

  @Override
  void hash(BloomHashes target) {
    target.addNumbers(staged, count, width);
  }

  @Override
  void clearStaged() {
    count = 0;
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
    writePlain(dictionary.values(), dictionary.size(), body);
    return dictionary.size();
  }

  @Override
  void release() {
    staged = new long[0];
    way = Way.UNDECIDED;
    dictionary = null;
  }
}
