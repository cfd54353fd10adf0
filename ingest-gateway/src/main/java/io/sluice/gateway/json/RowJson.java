package io.sluice.gateway.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.sluice.gateway.rows.TemporalFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.NestedField;

/**
 * Writes rows of a canonical Arrow root as JSON objects that {@link JsonRows} reads back equal,
 * each followed by its system columns {@code _bucket}, {@code _offset} and {@code _timestamp}.
 * Nulls are written. Not thread-safe.
 */
public final class RowJson {

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder().enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8).build();
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
      NestedField field = schema.asStruct().field(vector.getName());
      if (field == null) {
        throw new IllegalArgumentException(
            "the root has column '" + vector.getName() + "', the schema doesn't: " + schema);
      }
      columns.add(
          new Column(
              new SerializedString(field.name()), vector, ValueJson.of(field.type(), vector)));
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

  private record Column(SerializedString name, FieldVector vector, ValueJson value) {}
}
