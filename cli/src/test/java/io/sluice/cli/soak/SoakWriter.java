package io.sluice.cli.soak;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;

/** Appends rows of ten columns to one bucket, as fast as they are taken or at a rate. */
final class SoakWriter implements AutoCloseable {

  static final Schema COLUMNS =
      new Schema(
          Types.NestedField.required(1, "id", Types.LongType.get()),
          Types.NestedField.required(2, "device", Types.IntegerType.get()),
          Types.NestedField.required(3, "counter", Types.LongType.get()),
          Types.NestedField.required(4, "temperature", Types.DoubleType.get()),
          Types.NestedField.required(5, "pressure", Types.DoubleType.get()),
          Types.NestedField.required(6, "code", Types.IntegerType.get()),
          Types.NestedField.required(7, "total", Types.LongType.get()),
          Types.NestedField.required(8, "level", Types.DoubleType.get()),
          Types.NestedField.required(9, "place", Types.StringType.get()),
          Types.NestedField.required(10, "note", Types.StringType.get()));

  private static final int BATCH_ROWS = 1_000;

  private final BufferAllocator allocator;
  private final TableWriter writer;
  private final org.apache.arrow.vector.types.pojo.Schema schema;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private long nextId;

  SoakWriter(SluiceClient client, TableName table, int bucket) throws Exception {
    this.allocator = client.allocator();
    this.writer = client.writer(table, WriterSettings.create().withBucket(bucket));
    this.schema = writer.table().arrowSchema();
  }

  /** Returns the rows that are durable. */
  long acknowledged() {
    return acknowledged.get();
  }

  /**
   * Appends until a time of {@link System#nanoTime}, and waits until all is durable.
   *
   * @param rowsPerSecond at most; what came late is made up for
   */
  void appendUntil(long end, double rowsPerSecond) throws Exception {
    long begin = System.nanoTime();
    long first = nextId;
    while (System.nanoTime() < end && failure.get() == null) {
      double due = (System.nanoTime() - begin) / 1e9 * rowsPerSecond;
      if (nextId - first > due) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        continue;
      }
      try (VectorSchemaRoot rows = rows()) {
        var unused =
            writer
                .append(rows)
                .whenComplete(
                    (done, thrown) -> {
                      if (thrown == null) {
                        acknowledged.addAndGet(BATCH_ROWS);
                      } else {
                        failure.compareAndSet(null, thrown);
                      }
                    });
      }
    }
    writer.flush();
    if (failure.get() != null) {
      throw new AssertionError("an append failed", failure.get());
    }
  }

  private VectorSchemaRoot rows() {
    VectorSchemaRoot rows = VectorSchemaRoot.create(schema, allocator);
    rows.setRowCount(BATCH_ROWS);
    for (FieldVector column : rows.getFieldVectors()) {
      column.setInitialCapacity(BATCH_ROWS);
      column.allocateNew();
      for (int row = 0; row < BATCH_ROWS; row++) {
        set(column, row, nextId + row);
      }
      column.setValueCount(BATCH_ROWS);
    }
    nextId += BATCH_ROWS;
    return rows;
  }

  private static void set(FieldVector column, int row, long id) {
    if (column instanceof BigIntVector longs) {
      longs.setSafe(row, id);
    } else if (column instanceof IntVector ints) {
      ints.setSafe(row, (int) (id % 1_000));
    } else if (column instanceof Float8Vector doubles) {
      doubles.setSafe(row, (id * 31 % 10_000) / 7.0);
    } else {
      byte[] text = ("text-" + id * 2_654_435_761L % 100_000).getBytes(StandardCharsets.US_ASCII);
      ((VarCharVector) column).setSafe(row, text);
    }
  }

  @Override
  public void close() {
    writer.close();
  }
}
