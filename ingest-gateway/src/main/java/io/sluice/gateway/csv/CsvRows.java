package io.sluice.gateway.csv;

import io.sluice.gateway.csv.CsvRecords.Field;
import io.sluice.gateway.csv.CsvRecords.SyntaxException;
import io.sluice.gateway.json.JsonRows;
import io.sluice.gateway.rows.RowsBuilder;
import io.sluice.gateway.rows.Utf8;
import io.sluice.gateway.rows.ValueForm;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows from CSV with a header. Columns are found by name, in any order. After a fault of the
 * quoting nothing more is read, since what follows can't be told apart.
 */
public final class CsvRows {

  private static final int MOST_COLUMNS = 10_000;

  private final RowsBuilder rows;
  private final CsvFormat format;
  private int[] columns = new int[0];

  private CsvRows(RowsBuilder rows, CsvFormat format) {
    this.rows = rows;
    this.format = format;
  }

  /** Reads the rows of the body. */
  public static void read(byte[] body, CsvFormat format, RowsBuilder rows) {
    boolean marked =
        body.length >= 3
            && body[0] == (byte) 0xef
            && body[1] == (byte) 0xbb
            && body[2] == (byte) 0xbf;
    int start = marked ? 3 : 0;
    int malformed = Utf8.firstMalformed(body, start, body.length);
    int end = malformed < 0 ? body.length : malformed;
    CsvRecords records = new CsvRecords(body, start, end, format.delimiter());
    CsvRows reader = new CsvRows(rows, format);
    if (malformed < 0) {
      reader.read(records, null);
      return;
    }
    // What stands before the malformed byte is read for the sake of the row's number.
    boolean cutsRecord = malformed > start && body[malformed - 1] != '\n';
    String reason = "invalid UTF-8 at byte " + malformed + " of the body (from 0): send UTF-8";
    reader.read(records, new Truncation(reason, cutsRecord));
  }

  private void read(CsvRecords records, @Nullable Truncation truncation) {
    boolean headerRead = false;
    try {
      headerRead = readHeader(records, truncation);
      if (headerRead) {
        rows.header(records.start(), records.end());
        readRows(records, truncation);
      }
    } catch (SyntaxException e) {
      String reason =
          truncation != null && records.atEnd()
              ? truncation.reason()
              : String.valueOf(e.getMessage());
      if (headerRead) {
        rows.broken(reason);
      } else {
        rows.badHeader(null, reason);
      }
    }
  }

  /** Returns whether rows may follow. */
  private boolean readHeader(CsvRecords records, @Nullable Truncation truncation)
      throws SyntaxException {
    boolean found = records.next(MOST_COLUMNS);
    if (truncation != null && (!found || truncation.cuts(records))) {
      rows.badHeader(null, truncation.reason());
      return false;
    }
    if (!found) {
      rows.badHeader(null, "the body has no header: the first line must name the columns");
      return false;
    }
    if (records.fieldCount() > MOST_COLUMNS) {
      rows.badHeader(null, "the header has more than " + MOST_COLUMNS + " columns");
      return false;
    }
    List<Field> header = records.fields();
    columns = new int[header.size()];
    Set<String> seen = new HashSet<>();
    boolean good = true;
    for (int i = 0; i < columns.length; i++) {
      String name = header.get(i).text();
      columns[i] = rows.column(name);
      if (!seen.add(name)) {
        rows.badHeader(name, "the header names the column twice");
        good = false;
      } else if (columns[i] == RowsBuilder.UNKNOWN) {
        good &= !rows.unknownInHeader(name);
      }
    }
    for (int i = 0; i < rows.columnCount(); i++) {
      if (rows.mustBeNamed(i) && !seen.contains(rows.name(i))) {
        rows.badHeader(rows.name(i), "the column is required, but the header doesn't name it");
        good = false;
      }
    }
    return good;
  }

  private void readRows(CsvRecords records, @Nullable Truncation truncation)
      throws SyntaxException {
    while (!rows.isFull() && records.next(columns.length)) {
      if (truncation != null && truncation.cuts(records)) {
        break;
      }
      if (isBlank(records)) {
        continue;
      }
      if (records.fieldCount() == columns.length) {
        readRow(records);
      } else {
        rows.badRow(
            "the row has " + records.fieldCount() + " fields, the header has " + columns.length,
            records.start(),
            records.end());
      }
    }
    if (truncation != null && !rows.isFull()) {
      rows.broken(truncation.reason());
    }
  }

  // With a single column an empty line is a value: a null, by default.
  private boolean isBlank(CsvRecords records) {
    if (columns.length == 1 || records.fieldCount() != 1) {
      return false;
    }
    Field only = records.fields().get(0);
    return !only.quoted() && only.text().isEmpty();
  }

  private void readRow(CsvRecords records) {
    List<Field> fields = records.fields();
    for (int i = 0; i < columns.length; i++) {
      int column = columns[i];
      if (column == RowsBuilder.UNKNOWN) {
        continue;
      }
      Field field = fields.get(i);
      if (!field.quoted() && format.nullTokens().contains(field.text())) {
        rows.nullValue(column);
      } else if (rows.isNested(column)) {
        JsonRows.readValue(field.text(), column, rows);
      } else {
        rows.value(column, ValueForm.CSV_FIELD, field.text());
      }
    }
    rows.endRow(records.start(), records.end());
  }

  /** Where the body stops being text, and whether that is inside a record. */
  private record Truncation(String reason, boolean cutsRecord) {

    boolean cuts(CsvRecords records) {
      return cutsRecord && records.atEnd();
    }
  }
}
