package io.sluice.gateway.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import io.sluice.gateway.rows.TemporalFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
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
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Writes rows of a canonical Arrow root as JSON objects that {@link JsonRows} reads back equal,
 * each followed by its system columns {@code _bucket}, {@code _offset} and {@code _timestamp}.
 * Nulls are written. Not thread-safe.
 */
public final class RowJson {

  private static final JsonFactory FACTORY = new JsonFactory();
  private static final SerializedString BUCKET = new SerializedString("_bucket");
  private static final SerializedString OFFSET = new SerializedString("_offset");
  private static final SerializedString TIMESTAMP = new SerializedString("_timestamp");

  private final List<Column> columns = new ArrayList<>();

  /**
   * Prepares the root's columns.
   *
   * @param schema the types of the root's vectors, found by name; may have more columns
   * @param root the rows; read at each {@link #write}, so it may be reloaded in between
   */
  public RowJson(Schema schema, VectorSchemaRoot root) {
    for (FieldVector vector : root.getFieldVectors()) {
      Types.NestedField field = schema.findField(vector.getName());
      if (field == null) {
        throw new IllegalArgumentException(
            "the root has column '" + vector.getName() + "', the schema doesn't: " + schema);
      }
      columns.add(
          new Column(new SerializedString(field.name()), vector, value(field.type(), vector)));
    }
  }

  /**
   * Writes one row as one object, without a line break.
   *
   * @param row the row's place in the root, from 0
   * @param timeMicros the row's append time, in microseconds since the epoch
   */
  public void write(OutputStream out, int row, int bucket, long offset, long timeMicros) {
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
      json.writeStartObject();
      for (Column column : columns) {
        json.writeFieldName(column.name);
        if (column.vector.isNull(row)) {
          json.writeNull();
        } else {
          column.value.write(json, row);
        }
      }
      json.writeFieldName(BUCKET);
      json.writeNumber(bucket);
      json.writeFieldName(OFFSET);
      json.writeNumber(offset);
      json.writeFieldName(TIMESTAMP);
      json.writeString(TemporalFormat.timestamptz(timeMicros));
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing a row as JSON failed", e);
    }
  }

  private static Value value(Type type, FieldVector vector) {
    return switch (type.typeId()) {
      case BOOLEAN -> (json, row) -> json.writeBoolean(((BitVector) vector).get(row) != 0);
      case INTEGER -> (json, row) -> json.writeNumber(((IntVector) vector).get(row));
      case LONG -> (json, row) -> json.writeNumber(((BigIntVector) vector).get(row));
      case FLOAT -> (json, row) -> json.writeNumber(((Float4Vector) vector).get(row));
      case DOUBLE -> (json, row) -> json.writeNumber(((Float8Vector) vector).get(row));
      case DECIMAL ->
          (json, row) -> json.writeString(((DecimalVector) vector).getObject(row).toPlainString());
      case DATE ->
          (json, row) -> json.writeString(TemporalFormat.date(((DateDayVector) vector).get(row)));
      case TIME ->
          (json, row) -> json.writeString(TemporalFormat.time(((TimeMicroVector) vector).get(row)));
      case TIMESTAMP -> timestamp((Types.TimestampType) type, (TimeStampVector) vector);
      case TIMESTAMP_NANO -> {
        String zone = ((Types.TimestampNanoType) type).shouldAdjustToUTC() ? "Z" : "";
        TimeStampVector nanos = (TimeStampVector) vector;
        yield (json, row) -> json.writeString(TemporalFormat.timestampNanos(nanos.get(row)) + zone);
      }
      case STRING ->
          (json, row) -> {
            byte[] utf8 = ((VarCharVector) vector).get(row);
            json.writeUTF8String(utf8, 0, utf8.length);
          };
      case UUID ->
          (json, row) ->
              json.writeString(uuid(((FixedSizeBinaryVector) vector).get(row)).toString());
      case FIXED ->
          (json, row) -> json.writeString(base64(((FixedSizeBinaryVector) vector).get(row)));
      case BINARY -> (json, row) -> json.writeString(base64(((VarBinaryVector) vector).get(row)));
      default -> throw new IllegalArgumentException("no rows are read as " + type);
    };
  }

  private static Value timestamp(Types.TimestampType type, TimeStampVector vector) {
    return type.shouldAdjustToUTC()
        ? (json, row) -> json.writeString(TemporalFormat.timestamptz(vector.get(row)))
        : (json, row) -> json.writeString(TemporalFormat.timestamp(vector.get(row)));
  }

  private static UUID uuid(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new UUID(buffer.getLong(), buffer.getLong());
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private interface Value {
    void write(JsonGenerator json, int row) throws IOException;
  }

  private record Column(SerializedString name, FieldVector vector, Value value) {}
}
