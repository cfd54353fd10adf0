package io.sluice.gateway.rows;

import io.sluice.gateway.csv.CsvFormat;
import io.sluice.gateway.csv.CsvRows;
import io.sluice.gateway.json.JsonRows;
import io.sluice.gateway.json.RowJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Reads text into Arrow and writes it back as JSON, so that a test can say what came of a value.
 */
public final class RowsFixture {

  private final Schema schema;
  private final boolean refuseUnknown;

  private RowsFixture(Schema schema, boolean refuseUnknown) {
    this.schema = schema;
    this.refuseUnknown = refuseUnknown;
  }

  /** A table of one optional column {@code v}. */
  public static RowsFixture column(Type type) {
    return of(Types.NestedField.optional(1, "v", type));
  }

  public static RowsFixture of(Types.NestedField... columns) {
    return new RowsFixture(new Schema(List.of(columns)), true);
  }

  public RowsFixture ignoringUnknown() {
    return new RowsFixture(schema, false);
  }

  /** Returns the rows that NDJSON reads to, as JSON without system columns. */
  public List<String> lines(String body) throws BadRowsException {
    return lines(body.getBytes(StandardCharsets.UTF_8));
  }

  public List<String> lines(byte[] body) throws BadRowsException {
    return read(rows -> JsonRows.readLines(body, rows));
  }

  public List<String> document(String body) throws BadRowsException {
    return document(body.getBytes(StandardCharsets.UTF_8));
  }

  public List<String> document(byte[] body) throws BadRowsException {
    return read(rows -> JsonRows.readDocument(body, rows));
  }

  public List<String> csv(String body) throws BadRowsException {
    return csv(body.getBytes(StandardCharsets.UTF_8), CsvFormat.DEFAULT);
  }

  public List<String> csv(byte[] body, CsvFormat format) throws BadRowsException {
    return read(rows -> CsvRows.read(body, format, rows));
  }

  /** Returns the errors of a body that must be refused, as {@code row/column/reason}. */
  public static List<String> errorsOf(Read read) {
    try {
      List<String> rows = read.rows();
      throw new AssertionError("expected the rows to be refused, got " + rows);
    } catch (BadRowsException e) {
      List<String> errors = new ArrayList<>();
      e.errors().forEach(r -> errors.add(r.row() + "/" + r.column() + "/" + r.reason()));
      return errors;
    }
  }

  /** A body being read. */
  public interface Read {
    List<String> rows() throws BadRowsException;
  }

  private List<String> read(Consumer<RowsBuilder> parser) throws BadRowsException {
    try (BufferAllocator allocator = new RootAllocator(256L << 20);
        RowsBuilder rows = new RowsBuilder(schema, refuseUnknown, allocator)) {
      parser.accept(rows);
      try (VectorSchemaRoot root = rows.finish()) {
        return json(root);
      }
    }
  }

  private List<String> json(VectorSchemaRoot root) {
    RowJson json = new RowJson(schema, root);
    List<String> lines = new ArrayList<>();
    for (int row = 0; row < root.getRowCount(); row++) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      json.write(out, row, 0, row, 0);
      String line = out.toString(StandardCharsets.UTF_8);
      int system = line.indexOf("\"_bucket\"");
      lines.add(line.substring(0, line.charAt(system - 1) == ',' ? system - 1 : system) + "}");
    }
    return lines;
  }
}
