package io.sluice.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.SplittableRandom;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/** Rows of ten columns, about 100 bytes each in Arrow, like flights: the same for the same seed. */
final class Rows {

  /** What the rows are of; the ids are the lake's to give. */
  static final Schema SCHEMA =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.required(2, "event_time", Types.TimestampType.withZone()),
          Types.NestedField.optional(3, "carrier", Types.StringType.get()),
          Types.NestedField.optional(4, "origin", Types.StringType.get()),
          Types.NestedField.optional(5, "destination", Types.StringType.get()),
          Types.NestedField.optional(6, "flight", Types.IntegerType.get()),
          Types.NestedField.optional(7, "distance", Types.DoubleType.get()),
          Types.NestedField.optional(8, "delay", Types.IntegerType.get()),
          Types.NestedField.optional(9, "fare", Types.DecimalType.of(9, 2)),
          Types.NestedField.optional(10, "note", Types.StringType.get()));

  private static final int CARRIERS = 16;
  private static final int AIRPORTS = 105;
  private static final int NOTE_BYTES = 20;
  private static final long START_MICROS = 1_356_998_400_000_000L;

  /**
   * Returns rows.
   *
   * @param schema of {@link #SCHEMA}'s columns, with the lake's ids
   * @param firstId the first row's id; the others count up from it
   */
  static VectorSchemaRoot of(
      org.apache.arrow.vector.types.pojo.Schema schema,
      BufferAllocator allocator,
      long firstId,
      int count) {
    VectorSchemaRoot rows = VectorSchemaRoot.create(schema, allocator);
    rows.allocateNew();
    SplittableRandom random = new SplittableRandom(firstId);
    for (int row = 0; row < count; row++) {
      fill(rows, random, firstId, row);
    }
    rows.setRowCount(count);
    return rows;
  }

  private static void fill(VectorSchemaRoot rows, SplittableRandom random, long firstId, int row) {
    ((BigIntVector) rows.getVector("id")).setSafe(row, firstId + row);
    ((TimeStampMicroTZVector) rows.getVector("event_time"))
        .setSafe(row, START_MICROS + (firstId + row) * 1_000 + random.nextInt(60_000_000));
    text(rows, "carrier", row, "C" + (char) ('A' + random.nextInt(CARRIERS)));
    text(rows, "origin", row, airport(random.nextInt(3)));
    text(rows, "destination", row, airport(random.nextInt(AIRPORTS)));
    ((IntVector) rows.getVector("flight")).setSafe(row, random.nextInt(1, 7_000));
    ((Float8Vector) rows.getVector("distance")).setSafe(row, random.nextInt(80, 5_000));
    IntVector delay = (IntVector) rows.getVector("delay");
    if (random.nextInt(10) == 0) {
      delay.setNull(row);
    } else {
      delay.setSafe(row, random.nextInt(-30, 300));
    }
    ((DecimalVector) rows.getVector("fare")).setSafe(row, random.nextInt(4_000, 90_000));
    byte[] note = new byte[NOTE_BYTES];
    for (int i = 0; i < NOTE_BYTES; i++) {
      note[i] = (byte) ('a' + random.nextInt(26));
    }
    ((VarCharVector) rows.getVector("note")).setSafe(row, note);
  }

  private static void text(VectorSchemaRoot rows, String column, int row, String value) {
    ((VarCharVector) rows.getVector(column)).setSafe(row, value.getBytes(US_ASCII));
  }

  private static String airport(int number) {
    return "" + (char) ('A' + number / 26) + (char) ('A' + number % 26) + "X";
  }

  /** Returns the size of the buffers in bytes. */
  static long bytes(VectorSchemaRoot rows) {
    return rows.getFieldVectors().stream().mapToLong(vector -> vector.getBufferSize()).sum();
  }

  private Rows() {}
}
