package io.sluice.compactor.write;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Type.TypeID;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.DateTimeUtil;
import org.apache.iceberg.util.UUIDUtil;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Values as Parquet has them, spelled out naively: Boolean, Integer, Long, Float, Double, and
 * ByteBuffer for bytes of any kind.
 */
final class PhysicalValues {

  /** Returns what Parquet has for an Iceberg value. */
  static @Nullable Object of(Type type, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (type.typeId()) {
      case DATE -> DateTimeUtil.daysFromDate((LocalDate) value);
      case TIME -> DateTimeUtil.microsFromTime((LocalTime) value);
      case TIMESTAMP ->
          value instanceof OffsetDateTime zoned
              ? (Object) DateTimeUtil.microsFromTimestamptz(zoned)
              : (Object) DateTimeUtil.microsFromTimestamp((LocalDateTime) value);
      case STRING -> ByteBuffer.wrap(value.toString().getBytes(StandardCharsets.UTF_8));
      case UUID -> ByteBuffer.wrap(UUIDUtil.convert((UUID) value));
      case FIXED -> ByteBuffer.wrap((byte[]) value);
      case DECIMAL -> decimal((Types.DecimalType) type, (BigDecimal) value);
      default -> value;
    };
  }

  private static Object decimal(Types.DecimalType type, BigDecimal value) {
    BigInteger unscaled = value.unscaledValue();
    if (type.precision() <= 9) {
      return unscaled.intValueExact();
    }
    if (type.precision() <= 18) {
      return unscaled.longValueExact();
    }
    byte[] bytes = new byte[TypeUtil.decimalRequiredBytes(type.precision())];
    byte[] shortest = unscaled.toByteArray();
    Arrays.fill(bytes, (byte) (unscaled.signum() < 0 ? -1 : 0));
    System.arraycopy(shortest, 0, bytes, bytes.length - shortest.length, shortest.length);
    return ByteBuffer.wrap(bytes);
  }

  /** Returns the order that Parquet's bounds of the type go by. */
  static Comparator<Object> order(Type type) {
    return (left, right) -> {
      if (left instanceof ByteBuffer a && right instanceof ByteBuffer b) {
        return type.typeId() == TypeID.DECIMAL
            ? number(a).compareTo(number(b))
            : compareUnsigned(a, b);
      }
      @SuppressWarnings("unchecked")
      Comparable<Object> comparable = (Comparable<Object>) left;
      return comparable.compareTo(right);
    };
  }

  private static BigInteger number(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return new BigInteger(copy);
  }

  private static int compareUnsigned(ByteBuffer left, ByteBuffer right) {
    for (int i = 0; i < Math.min(left.limit(), right.limit()); i++) {
      int order = Integer.compare(left.get(i) & 0xFF, right.get(i) & 0xFF);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.limit(), right.limit());
  }

  /** Reads all values of a column with parquet-java's own column reader. */
  static List<@Nullable Object> read(ParquetFileReader reader, int column) throws IOException {
    MessageType schema = reader.getFileMetaData().getSchema();
    List<@Nullable Object> values = new ArrayList<>();
    int group = 0;
    for (PageReadStore pages = reader.readNextRowGroup();
        pages != null;
        pages = reader.readNextRowGroup()) {
      ColumnReadStoreImpl store =
          new ColumnReadStoreImpl(
              pages,
              new GroupRecordConverter(schema).getRootConverter(),
              schema,
              reader.getFileMetaData().getCreatedBy());
      ColumnDescriptor descriptor = schema.getColumns().get(column);
      ColumnReader found = store.getColumnReader(descriptor);
      for (long i = entries(reader, group++, column); i > 0; i--) {
        boolean present = found.getCurrentDefinitionLevel() == descriptor.getMaxDefinitionLevel();
        values.add(present ? value(found, descriptor) : null);
        found.consume();
      }
    }
    return values;
  }

  private static long entries(ParquetFileReader reader, int group, int column) {
    return reader.getFooter().getBlocks().get(group).getColumns().get(column).getValueCount();
  }

  private static Object value(ColumnReader reader, ColumnDescriptor descriptor) {
    return switch (descriptor.getPrimitiveType().getPrimitiveTypeName()) {
      case BOOLEAN -> reader.getBoolean();
      case INT32 -> reader.getInteger();
      case INT64 -> reader.getLong();
      case FLOAT -> reader.getFloat();
      case DOUBLE -> reader.getDouble();
      default -> bytes(reader.getBinary());
    };
  }

  private static ByteBuffer bytes(Binary binary) {
    return ByteBuffer.wrap(binary.getBytes());
  }

  private PhysicalValues() {}
}
