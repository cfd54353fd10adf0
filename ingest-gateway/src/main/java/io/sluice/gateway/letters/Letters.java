package io.sluice.gateway.letters;

import io.sluice.catalog.table.DeadLetters;
import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.gateway.rows.BadRows;
import io.sluice.gateway.rows.BadRowsException;
import io.sluice.gateway.rows.RowError;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * The dead letters of one request: its bad rows, as rows of {@link DeadLetters#COLUMNS}. Each is
 * far smaller than an entry of the log may be. Not thread-safe.
 */
public final class Letters implements BadRows, AutoCloseable {

  /** The most bytes of a row that a letter keeps. */
  public static final int MOST_CONTENT_BYTES = 32 << 10;

  private static final int MOST_HEADER_BYTES = 8 << 10;
  private static final int MOST_REASON_BYTES = 4 << 10;
  private static final int MOST_REASONS = 10;

  private final byte[] body;
  private final byte[] contentType;
  private final long receivedMicros;
  private final VectorSchemaRoot root;
  private final List<RowError> firstErrors = new ArrayList<>();
  private byte[] header = {};
  private int count;

  /**
   * Starts without letters.
   *
   * @param body the request's, UTF-8 where its rows are
   * @param contentType what it is
   * @param received when it came
   * @param allocator bounds the memory of the letters
   */
  public Letters(byte[] body, String contentType, Instant received, BufferAllocator allocator) {
    this.body = body;
    this.contentType = utf8(contentType);
    this.receivedMicros = ChronoUnit.MICROS.between(Instant.EPOCH, received);
    this.root = VectorSchemaRoot.create(ArrowSchemas.of(DeadLetters.COLUMNS), allocator);
  }

  @Override
  public void header(int start, int end) {
    header = cut(body, start, end, MOST_HEADER_BYTES);
  }

  @Override
  public void add(List<RowError> errors, int start, int end) {
    RowError first = errors.get(0);
    ((TimeStampMicroTZVector) root.getVector("received_at")).setSafe(count, receivedMicros);
    text("content", cut(body, start, end, MOST_CONTENT_BYTES));
    ((BigIntVector) root.getVector("content_bytes")).setSafe(count, end - (long) start);
    text("content_type", contentType);
    if (header.length > 0) {
      text("csv_header", header);
    }
    ((BigIntVector) root.getVector("request_row")).setSafe(count, first.row());
    String column = first.column();
    if (column != null) {
      text("column_name", utf8(column));
    }
    byte[] reason = utf8(reason(errors));
    text("reason", cut(reason, 0, reason.length, MOST_REASON_BYTES));
    count++;
    for (RowError error : errors) {
      if (firstErrors.size() < BadRowsException.MOST_ERRORS) {
        firstErrors.add(error);
      }
    }
  }

  /** Returns the number of letters. */
  public int count() {
    return count;
  }

  /** Returns the first errors of the rows, in their order, up to 100. */
  public List<RowError> firstErrors() {
    return List.copyOf(firstErrors);
  }

  /** Returns errors of rows that were counted without the bad ones as errors of the request. */
  public List<RowError> inRequest(List<RowError> errors) {
    BigIntVector bad = (BigIntVector) root.getVector("request_row");
    List<RowError> moved = new ArrayList<>();
    for (RowError error : errors) {
      long row = error.row();
      for (int i = 0; i < count && bad.get(i) <= row; i++) {
        row++;
      }
      moved.add(new RowError(row, error.column(), error.reason()));
    }
    return moved;
  }

  /** Returns the letters; they stay this object's. */
  public VectorSchemaRoot rows() {
    root.setRowCount(count);
    return root;
  }

  /** Frees the letters. Harmless when called again. */
  @Override
  public void close() {
    root.close();
  }

  /** Says what is wrong: of the first column without its name, which has a column of its own. */
  private static String reason(List<RowError> errors) {
    StringBuilder text = new StringBuilder(errors.get(0).reason());
    for (RowError error : errors.subList(1, Math.min(errors.size(), MOST_REASONS))) {
      String column = error.column();
      text.append("; ").append(column == null ? "" : "column '" + column + "': ");
      text.append(error.reason());
    }
    if (errors.size() > MOST_REASONS) {
      text.append("; and ").append(errors.size() - MOST_REASONS).append(" more");
    }
    return text.toString();
  }

  private void text(String column, byte[] utf8) {
    ((VarCharVector) root.getVector(column)).setSafe(count, utf8);
  }

  /** Copies text, at most so many bytes and no half of a character. */
  private static byte[] cut(byte[] utf8, int start, int end, int mostBytes) {
    int last = Math.min(end, start + mostBytes);
    while (last < end && last > start && (utf8[last] & 0xc0) == 0x80) {
      last--;
    }
    byte[] copy = new byte[last - start];
    System.arraycopy(utf8, start, copy, 0, copy.length);
    return copy;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
