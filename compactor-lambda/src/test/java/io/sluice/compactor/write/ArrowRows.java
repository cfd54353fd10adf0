package io.sluice.compactor.write;

import io.sluice.catalog.table.SystemColumns;
import io.sluice.catalog.types.ArrowSchemas;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.util.DateTimeUtil;
import org.apache.iceberg.util.UUIDUtil;
import org.jspecify.annotations.Nullable;

/** Iceberg's generic records as Arrow vectors. */
public final class ArrowRows {

  /** Fills a new root, which the caller closes; columns are found in the records by name. */
  public static VectorSchemaRoot root(BufferAllocator allocator, Schema schema, List<Record> rows) {
    Schema own = SystemColumns.removeFrom(schema);
    VectorSchemaRoot root = VectorSchemaRoot.create(ArrowSchemas.of(own), allocator);
    root.allocateNew();
    for (int row = 0; row < rows.size(); row++) {
      for (FieldVector vector : root.getFieldVectors()) {
        setOrNull(vector, row, rows.get(row).getField(vector.getName()));
      }
    }
    root.setRowCount(rows.size());
    return root;
  }

  private static void setOrNull(FieldVector vector, int row, @Nullable Object value) {
    if (value == null) {
      vector.setNull(row);
    } else if (vector instanceof StructVector struct) {
      set(struct, row, (Record) value);
    } else if (vector instanceof MapVector map) {
      set(map, row, ((Map<?, ?>) value).entrySet());
    } else if (vector instanceof ListVector list) {
      set(list, row, (List<?>) value);
    } else {
      set(vector, row, value);
    }
  }

  private static void set(StructVector struct, int row, Record value) {
    struct.setIndexDefined(row);
    List<FieldVector> fields = struct.getChildrenFromFields();
    for (int i = 0; i < fields.size(); i++) {
      setOrNull(fields.get(i), row, value.get(i));
    }
  }

  private static void set(ListVector list, int row, Collection<?> values) {
    int at = list.startNewValue(row);
    for (Object value : values) {
      if (value instanceof Map.Entry<?, ?> entry) {
        StructVector entries = (StructVector) list.getDataVector();
        entries.setIndexDefined(at);
        setOrNull(entries.getChildrenFromFields().get(0), at, entry.getKey());
        setOrNull(entries.getChildrenFromFields().get(1), at, entry.getValue());
      } else {
        setOrNull(list.getDataVector(), at, value);
      }
      at++;
    }
    list.endValue(row, values.size());
  }

  private static void set(FieldVector vector, int row, Object value) {
    if (vector instanceof BitVector bits) {
      bits.setSafe(row, (Boolean) value ? 1 : 0);
    } else if (vector instanceof IntVector ints) {
      ints.setSafe(row, (Integer) value);
    } else if (vector instanceof BigIntVector longs) {
      longs.setSafe(row, (Long) value);
    } else if (vector instanceof Float4Vector floats) {
      floats.setSafe(row, (Float) value);
    } else if (vector instanceof Float8Vector doubles) {
      doubles.setSafe(row, (Double) value);
    } else if (vector instanceof DecimalVector decimals) {
      decimals.setSafe(row, (BigDecimal) value);
    } else if (vector instanceof DateDayVector days) {
      days.setSafe(row, DateTimeUtil.daysFromDate((LocalDate) value));
    } else if (vector instanceof TimeMicroVector times) {
      times.setSafe(row, DateTimeUtil.microsFromTime((LocalTime) value));
    } else if (vector instanceof TimeStampVector timestamps) {
      timestamps.setSafe(
          row,
          value instanceof OffsetDateTime zoned
              ? DateTimeUtil.microsFromTimestamptz(zoned)
              : DateTimeUtil.microsFromTimestamp((LocalDateTime) value));
    } else if (vector instanceof VarCharVector strings) {
      strings.setSafe(row, value.toString().getBytes(StandardCharsets.UTF_8));
    } else if (vector instanceof VarBinaryVector binaries) {
      binaries.setSafe(row, ((ByteBuffer) value).array());
    } else if (vector instanceof FixedSizeBinaryVector fixed) {
      fixed.setSafe(row, value instanceof UUID uuid ? UUIDUtil.convert(uuid) : (byte[]) value);
    } else {
      throw new IllegalArgumentException("no value for " + vector.getField());
    }
  }

  private ArrowRows() {}
}
