package io.sluice.gateway.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.types.ArrowSchemas;
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
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
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
    return of(ArrowSchemas.numbered(List.of(columns)));
  }

  public static RowsFixture of(Schema schema) {
    return new RowsFixture(schema, true);
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

  /**
   * The rows of a body.
   *
   * @param good those that fit, as JSON
   * @param bad those that don't, as they were sent
   * @param reasons the first of each bad one, as {@code column/reason}
   */
  public record Sorted(List<String> good, List<String> bad, List<String> reasons) {}

  /** Reads NDJSON whose bad rows are set aside. */
  public Sorted settingAside(String body, long mostValueBytes) throws BadRowsException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    List<String> bad = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    BadRows aside =
        new BadRows() {
          @Override
          public void header(int start, int end) {}

          @Override
          public void add(List<RowError> errors, int start, int end) {
            bad.add(new String(bytes, start, end - start, StandardCharsets.UTF_8));
            reasons.add(errors.get(0).column() + "/" + errors.get(0).reason());
          }
        };
    List<String> good =
        read(rows -> JsonRows.readLines(bytes, rows.settingAside(aside, mostValueBytes)));
    return new Sorted(good, bad, reasons);
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
        root.getFieldVectors().forEach(RowsFixture::requireTight);
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

  /** Lists and texts follow each other without gaps, and nulls have none. */
  private static void requireTight(FieldVector vector) {
    int end = 0;
    for (int i = 0; i < vector.getValueCount(); i++) {
      int start = end;
      if (vector instanceof ListVector list) {
        assertThat(list.getElementStartIndex(i)).isEqualTo(start);
        end = list.getElementEndIndex(i);
      } else if (vector instanceof BaseVariableWidthVector text) {
        assertThat(text.getStartOffset(i)).isEqualTo(start);
        end = text.getEndOffset(i);
      }
      assertThat(end).isGreaterThanOrEqualTo(start);
      assertThat(vector.isNull(i) && end > start).as("%s: null %d has values", vector, i).isFalse();
    }
    for (FieldVector child : vector.getChildrenFromFields()) {
      assertThat(child.getValueCount())
          .isEqualTo(vector instanceof ListVector ? end : vector.getValueCount());
      requireTight(child);
    }
  }
}
