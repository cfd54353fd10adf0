package io.sluice.gateway.csv;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Cuts the text of a CSV body into fields, as RFC 4180 says. Lines end in LF or CRLF. */
final class CsvRecords {

  /** One field and whether it was quoted. */
  record Field(String text, boolean quoted) {}

  /** The text isn't CSV; what follows can't be told apart any more. */
  static final class SyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    SyntaxException(String message) {
      super(message, null, false, false);
    }
  }

  private static final int BUFFER_CHARACTERS = 16 * 1024;
  private static final int END = -1;

  private final byte[] bytes;
  private final Reader reader;
  private final char delimiter;
  private final char[] buffer = new char[BUFFER_CHARACTERS];
  private final StringBuilder text = new StringBuilder();
  private final List<Field> fields = new ArrayList<>();
  private int at;
  private int limit;
  private int start;
  // How far the bytes were read, counted by the characters' sizes: the reader decodes far ahead.
  private int position;
  private int fieldCount;
  private boolean ended;

  /**
   * Starts at the first byte.
   *
   * @param bytes well-formed UTF-8 from {@code start} to {@code end}
   */
  CsvRecords(byte[] bytes, int start, int end, char delimiter) {
    this.bytes = bytes;
    this.position = start;
    this.reader =
        new InputStreamReader(
            new ByteArrayInputStream(bytes, start, end - start), StandardCharsets.UTF_8);
    this.delimiter = delimiter;
  }

  /**
   * Reads the next record.
   *
   * @param mostFields how many fields to keep; more are counted only
   * @return whether there was one; an empty line is a record of one empty unquoted field
   */
  boolean next(int mostFields) throws SyntaxException {
    fields.clear();
    fieldCount = 0;
    start = position;
    if (peek() == END) {
      ended = true;
      return false;
    }
    boolean more = true;
    while (more) {
      more = readField(mostFields);
    }
    return true;
  }

  /**
   * Returns the fields of the record just read, at most as many as were asked for. Valid until the
   * next call of next.
   */
  List<Field> fields() {
    return fields;
  }

  /** Returns how many fields the record just read has. */
  int fieldCount() {
    return fieldCount;
  }

  /** Returns where the record just read begins. */
  int start() {
    return start;
  }

  /** Returns one past the last byte of the record just read, without its line break. */
  int end() {
    boolean broken = position > start && bytes[position - 1] == '\n';
    int end = broken ? position - 1 : position;
    return broken && end > start && bytes[end - 1] == '\r' ? end - 1 : end;
  }

  /** Returns whether nothing follows the record just read, not even its line break's next line. */
  boolean atEnd() {
    return ended || peek() == END;
  }

  /** Reads one field and what ends it. Returns whether another field follows in the record. */
  private boolean readField(int mostFields) throws SyntaxException {
    text.setLength(0);
    boolean quoted = peek() == '"';
    int ending = quoted ? readQuoted() : readUnquoted();
    fieldCount++;
    if (fieldCount <= mostFields) {
      fields.add(new Field(text.toString(), quoted));
    }
    return ending == delimiter;
  }

  private int readUnquoted() throws SyntaxException {
    while (true) {
      int c = read();
      if (c == delimiter || c == END || c == '\n') {
        return c;
      }
      if (c == '\r' && peek() == '\n') {
        return read();
      }
      if (c == '"') {
        throw new SyntaxException(
            "a quote inside an unquoted field: quote the field and double its quotes");
      }
      text.append((char) c);
    }
  }

  private int readQuoted() throws SyntaxException {
    read();
    while (true) {
      int c = read();
      if (c == END) {
        throw new SyntaxException("a quoted field is not closed before the end of the body");
      }
      if (c != '"') {
        text.append((char) c);
        continue;
      }
      if (peek() == '"') {
        text.append((char) read());
        continue;
      }
      int ending = read();
      if (ending == '\r' && peek() == '\n') {
        ending = read();
      }
      if (ending != delimiter && ending != '\n' && ending != END) {
        throw new SyntaxException(
            "a delimiter or line break must follow the closing quote, got '" + (char) ending + "'");
      }
      return ending;
    }
  }

  private int peek() {
    if (at == limit) {
      fill();
    }
    return at == limit ? END : buffer[at];
  }

  private int read() {
    int c = peek();
    if (c != END) {
      at++;
      position += size((char) c);
    }
    return c;
  }

  /** Returns a character's bytes in UTF-8; each half of a surrogate pair has half of the pair's. */
  private static int size(char c) {
    if (c < 0x80) {
      return 1;
    }
    return c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
  }

  private void fill() {
    try {
      int count = reader.read(buffer, 0, buffer.length);
      at = 0;
      limit = Math.max(count, 0);
    } catch (IOException e) {
      throw new IllegalStateException("reading bytes in memory failed", e);
    }
  }
}
