package io.sluice.gateway.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableOptions.LogCompression;
import io.sluice.gateway.gate.ArrowGate;
import io.sluice.gateway.gate.GateException;
import io.sluice.gateway.gate.GateLimits;
import io.sluice.log.frame.DataEntry;
import io.sluice.log.frame.Frame;
import io.sluice.log.frame.FrameDecoder;
import io.sluice.log.frame.FrameEncoder;
import io.sluice.log.frame.FrameRows;
import io.sluice.log.frame.RowTooLargeException;
import io.sluice.testing.rows.VectorValues;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntPredicate;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.ipc.message.ArrowBuffer;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.util.ValueVectorUtility;
import org.jspecify.annotations.Nullable;

/** Checks that rows are canonical, and that whoever reads them later can. */
final class CanonicalRows {

  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private final Table table;
  private final BufferAllocator allocator;
  private final FrameEncoder encoder;

  /**
   * @param maxEntryBytes as of the log
   */
  CanonicalRows(Table table, BufferAllocator allocator, int maxEntryBytes) {
    this.table = table;
    this.allocator = allocator;
    this.encoder = new FrameEncoder(maxEntryBytes);
  }

  /** Checks rows that the gate let through: as vectors, as frames and at the gate again. */
  void check(VectorSchemaRoot rows) throws GateException, CharacterCodingException {
    checkValues(rows);
    checkGateAgain(rows);
    if (rows.getRowCount() > 0) {
      checkFrames(rows);
    }
  }

  /** Returns each column's values, in as few types as there may be. */
  static List<List<@Nullable Object>> values(VectorSchemaRoot rows)
      throws CharacterCodingException {
    List<List<@Nullable Object>> columns = new ArrayList<>();
    rows.getFieldVectors().forEach(vector -> columns.add(new ArrayList<>()));
    addValues(columns, rows);
    return columns;
  }

  /** Adds each column's values to those of earlier rows. */
  static void addValues(List<List<@Nullable Object>> columns, VectorSchemaRoot rows)
      throws CharacterCodingException {
    for (int i = 0; i < columns.size(); i++) {
      FieldVector vector = rows.getVector(i);
      for (int row = 0; row < vector.getValueCount(); row++) {
        columns.get(i).add(vector.isNull(row) ? null : value(vector, row));
      }
    }
  }

  private static Object value(FieldVector vector, int row) throws CharacterCodingException {
    if (vector instanceof StructVector || vector instanceof ListVector) {
      return Objects.requireNonNull(VectorValues.get(vector, row));
    } else if (vector instanceof BitVector || vector instanceof DecimalVector) {
      return vector.getObject(row);
    } else if (vector instanceof Float4Vector floats) {
      return (double) floats.get(row);
    } else if (vector instanceof Float8Vector doubles) {
      return doubles.get(row);
    } else if (vector instanceof VarCharVector text) {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text.get(row))).toString();
    } else if (vector instanceof FixedSizeBinaryVector
        || !(vector instanceof BaseFixedWidthVector)) {
      return HexFormat.of().formatHex((byte[]) vector.getObject(row));
    }
    return ((BaseFixedWidthVector) vector).getTypeWidth() == Integer.BYTES
        ? (long) vector.getDataBuffer().getInt((long) row * Integer.BYTES)
        : vector.getDataBuffer().getLong((long) row * Long.BYTES);
  }

  /** Checks that every value is one of its column's type. */
  private void checkValues(VectorSchemaRoot rows) {
    assertThat(rows.getSchema()).isEqualTo(table.arrowSchema());
    for (FieldVector vector : rows.getFieldVectors()) {
      assertThat(vector.getValueCount()).isEqualTo(rows.getRowCount());
      checkValues(vector, row -> true);
    }
  }

  /**
   * @param live whether the values are below no null
   */
  private static void checkValues(FieldVector vector, IntPredicate live) {
    // Arrow can't check maps.
    if (!(vector instanceof StructVector || vector instanceof ListVector)) {
      ValueVectorUtility.validate(vector);
    }
    int nulls = 0;
    for (int row = 0; row < vector.getValueCount(); row++) {
      nulls += vector.isNull(row) ? 1 : 0;
      assertThat(
              vector.isNull(row)
                  ? !live.test(row) || vector.getField().isNullable()
                  : live.test(row))
          .as("%s at %d", vector.getField(), row)
          .isTrue();
      if (vector instanceof BaseVariableWidthVector bytes) {
        // The compactor copies runs of rows, and so needs those of nulls too.
        assertThat(bytes.getStartOffset(row)).isBetween(0, bytes.getStartOffset(row + 1));
      } else if (vector instanceof TimeMicroVector times && !times.isNull(row)) {
        assertThat(times.get(row)).isBetween(0L, MICROS_PER_DAY - 1);
      } else if (vector instanceof DecimalVector decimals && !decimals.isNull(row)) {
        BigDecimal decimal = decimals.getObject(row);
        assertThat(decimal.precision()).as("%s", decimal).isBetween(1, decimals.getPrecision());
      }
    }
    assertThat(vector.getNullCount()).isEqualTo(nulls);
    if (vector instanceof StructVector struct) {
      for (FieldVector child : struct.getChildrenFromFields()) {
        assertThat(child.getValueCount()).isEqualTo(struct.getValueCount());
        checkValues(child, row -> !struct.isNull(row));
      }
    } else if (vector instanceof ListVector list) {
      checkLists(list);
    }
  }

  /** Checks that lists follow one another, and that keys differ. */
  private static void checkLists(ListVector list) {
    int next = 0;
    for (int row = 0; row < list.getValueCount(); row++) {
      assertThat(list.getOffsetBuffer().getInt(4L * row)).isEqualTo(next);
      next = list.getOffsetBuffer().getInt(4L * (row + 1));
      int count = next - list.getOffsetBuffer().getInt(4L * row);
      assertThat(count).isBetween(0, list.isNull(row) ? 0 : Integer.MAX_VALUE);
      if (list instanceof MapVector && VectorValues.get(list, row) instanceof Map<?, ?> map) {
        assertThat(map).hasSize(count);
      }
    }
    assertThat(list.getDataVector().getValueCount()).isEqualTo(next);
    checkValues(list.getDataVector(), row -> true);
  }

  /** Checks that a client that gets these rows could send them. */
  private void checkGateAgain(VectorSchemaRoot rows)
      throws GateException, CharacterCodingException {
    try (ArrowRecordBatch batch = new VectorUnloader(rows).getRecordBatch();
        ArrowBuf body = body(batch);
        ArrowGate gate =
            ArrowGate.open(
                MessageSerializer.serializeMetadata(rows.getSchema(), IpcOption.DEFAULT),
                table,
                allocator,
                GateLimits.DEFAULT);
        VectorSchemaRoot again =
            gate.accept(MessageSerializer.serializeMetadata(batch, IpcOption.DEFAULT), body)
                .orElseThrow()) {
      checkValues(again);
      assertThat(values(again)).isEqualTo(values(rows));
    }
  }

  private ArrowBuf body(ArrowRecordBatch batch) {
    long bytes = batch.computeBodyLength();
    ArrowBuf body = allocator.buffer(bytes);
    for (int i = 0; i < batch.getBuffers().size(); i++) {
      ArrowBuffer place = batch.getBuffersLayout().get(i);
      body.setBytes(place.getOffset(), batch.getBuffers().get(i), 0, place.getSize());
    }
    return body.slice(0, bytes);
  }

  /** Checks that the log's readers, and so the compactor, find the rows in their frames. */
  private void checkFrames(VectorSchemaRoot rows) throws CharacterCodingException {
    LogCompression[] all = LogCompression.values();
    List<FrameRows> parts;
    try {
      parts = encoder.encode(rows, all[rows.getRowCount() % all.length]);
    } catch (RowTooLargeException e) {
      return; // Refused like that by the gateway too.
    }
    FrameDecoder decoder = new FrameDecoder(table.arrowSchema(), allocator);
    List<List<@Nullable Object>> read = new ArrayList<>();
    rows.getFieldVectors().forEach(vector -> read.add(new ArrayList<>()));
    for (FrameRows part : parts) {
      // An entry is made and taken apart as in the log.
      ByteBuf entry =
          DataEntry.encode(
              List.of(new DataEntry.Part(part, table.schemaId(), null, rows.getRowCount())), 0, 0);
      part.release();
      for (Frame frame : DataEntry.frames(entry)) {
        try (VectorSchemaRoot some = decoder.decode(frame)) {
          checkValues(some);
          addValues(read, some);
        }
        frame.release();
      }
      entry.release();
    }
    assertThat(read).isEqualTo(values(rows));
  }
}
