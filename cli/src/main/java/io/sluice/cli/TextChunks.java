package io.sluice.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a text file of rows into chunks of whole rows. A CSV chunk begins with the file's header, so
 * that each is a file of its own; a line break inside quotes does not end a row. Not thread-safe.
 */
final class TextChunks implements AutoCloseable {

  /** How the file's rows are written. */
  enum Format {
    CSV,
    NDJSON
  }

  /**
   * Whole rows, ready to be sent.
   *
   * @param body the rows as they stand in the file, for CSV after the header
   * @param firstRow the number of its first row in the file; rows count from 1, a header is none
   * @param rows how many rows it has, at least 1
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Chunk(byte[] body, long firstRow, int rows) {}

  private static final int BUFFER_BYTES = 1 << 16;

  /** As much as a gateway takes in a request, unless it is told otherwise. */
  private static final int MAX_ROW_BYTES = 64 << 20;

  /** The number of the line before the first row. */
  private static final long HEADER = 0;

  private final InputStream in;
  private final Format format;
  private final int maxRows;
  private final int maxBytes;
  private final int maxRowBytes;
  private final CsvQuotes quotes = new CsvQuotes();
  private final byte[] buffer = new byte[BUFFER_BYTES];

  /** What was read of a row whose end hasn't come. */
  private final ByteArrayOutputStream begun = new ByteArrayOutputStream(256);

  private boolean within;
  private boolean live;
  private int position;
  private int limit;
  private byte @Nullable [] header;
  private @Nullable RowTooLong tooLong;
  private boolean blankIsRow;
  private long nextRow = 1;

  /**
   * @param in read to its end; closed with this
   * @param maxRows the most rows of a chunk, at least 1
   * @param maxBytes a chunk ends at the first row that reaches this size
   */
  TextChunks(InputStream in, Format format, int maxRows, int maxBytes) {
    this(in, format, maxRows, maxBytes, MAX_ROW_BYTES);
  }

  TextChunks(InputStream in, Format format, int maxRows, int maxBytes, int maxRowBytes) {
    this.in = in;
    this.format = format;
    this.maxRows = maxRows;
    this.maxBytes = maxBytes;
    this.maxRowBytes = maxRowBytes;
  }

  /** From now on a chunk ends, with a row or more, where the stream has no more for the moment. */
  void live() {
    live = true;
  }

  /**
   * Returns the next chunk, or null at the end of the file.
   *
   * @throws IOException if the file can't be read, or a row is too long; all rows before the one
   *     that the message names were returned
   */
  @Nullable Chunk next() throws IOException {
    if (tooLong != null) {
      throw tooLong;
    }
    if (format == Format.CSV && header == null) {
      header = header();
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream(maxBytes + BUFFER_BYTES);
    if (header != null) {
      body.writeBytes(header);
    }
    int rows = 0;
    while (rows < maxRows && body.size() < maxBytes) {
      byte[] row;
      try {
        row = row(nextRow + rows, rows == 0 || !live);
      } catch (RowTooLong e) {
        if (rows == 0) {
          throw e;
        }
        tooLong = e;
        break;
      }
      if (row == null) {
        break;
      }
      body.writeBytes(row);
      rows++;
    }
    if (rows == 0) {
      return null;
    }
    Chunk chunk = new Chunk(body.toByteArray(), nextRow, rows);
    nextRow += rows;
    return chunk;
  }

  private byte @Nullable [] header() throws IOException {
    byte[] row = row(HEADER, true);
    // In a file with a single column a blank line is a row whose value is empty.
    blankIsRow = row != null && quotes.fields() == 1;
    return row;
  }

  /**
   * Returns one row with its line end (one is added to a last row without), or null at the end, or
   * if it would have to wait for the row and isn't to.
   */
  private byte @Nullable [] row(long number, boolean wait) throws IOException {
    if (!within) {
      begin();
    }
    while (position < limit || ((wait || in.available() > 0) && fill())) {
      int start = position;
      while (position < limit) {
        byte b = buffer[position++];
        boolean ends = format == Format.CSV ? quotes.endsRow(b) : b == '\n';
        if (ends) {
          begun.write(buffer, start, position - start);
          if (blankIsRow || !blank(begun)) {
            within = false;
            return begun.toByteArray();
          }
          begin();
          start = position;
        }
      }
      begun.write(buffer, start, position - start);
      if (begun.size() > maxRowBytes) {
        throw new RowTooLong(number, maxRowBytes, format);
      }
    }
    if (!wait || blank(begun)) {
      return null;
    }
    within = false;
    begun.write('\n');
    return begun.toByteArray();
  }

  private void begin() {
    begun.reset();
    quotes.begin();
    within = true;
  }

  /** A blank line is mostly no row: both formats let files end in some. Spaces are a CSV field. */
  private boolean blank(ByteArrayOutputStream row) {
    if (row.size() > 2) {
      return false;
    }
    String text = row.toString(StandardCharsets.US_ASCII);
    return format == Format.CSV
        ? text.chars().allMatch(c -> c == '\r' || c == '\n')
        : text.isBlank();
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(buffer));
    return limit > 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** A row is longer than any that a gateway takes. */
  private static final class RowTooLong extends IOException {
    private static final long serialVersionUID = 1L;

    RowTooLong(long number, int maxBytes, Format format) {
      super(
          (number == HEADER ? "the header" : "row " + number + ", the first that is not stored,")
              + " has more than "
              + (maxBytes >> 20)
              + " MiB: "
              + (format == Format.CSV ? "is a quote not closed?" : "is a line break missing?"));
    }
  }
}
