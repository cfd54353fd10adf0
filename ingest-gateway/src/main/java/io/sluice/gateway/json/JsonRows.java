package io.sluice.gateway.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.sluice.gateway.rows.RowsBuilder;
import io.sluice.gateway.rows.Utf8;
import io.sluice.gateway.rows.ValueForm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows from JSON: one object a line (NDJSON), or a document that is an array of objects or
 * one object. Strict: UTF-8, no comments, no trailing commas. A line that isn't JSON is one bad
 * row; an array ends at the first place that isn't JSON.
 */
public final class JsonRows {

  private static final int MOST_DEPTH = 64;
  private static final int MOST_NUMBER_CHARACTERS = 1_000;
  private static final int MOST_NAME_CHARACTERS = 10_000;

  /** A key of a map is read as a name if it has at most so many characters. */
  static final int MOST_KEY_CHARACTERS = MOST_NAME_CHARACTERS / 4;

  // Bodies are bounded before they are parsed.
  private static final int MOST_STRING_CHARACTERS = Integer.MAX_VALUE;

  private static final JsonFactory FACTORY = factory().build();

  // Keys of maps are names too. A parser that remembers names copies those of all others for each
  // new one; this remembers none.
  private static final JsonFactory FORGETFUL_FACTORY =
      factory().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();

  private static final String NOT_ALONE =
      "something follows the object: put one object on each line";

  // Charset detection would let UTF-16 pass as something else than what was checked.
  private static JsonFactoryBuilder factory() {
    return new JsonFactoryBuilder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MOST_DEPTH)
                .maxNumberLength(MOST_NUMBER_CHARACTERS)
                .maxNameLength(MOST_NAME_CHARACTERS)
                .maxStringLength(MOST_STRING_CHARACTERS)
                .build())
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .disable(JsonFactory.Feature.CHARSET_DETECTION);
  }

  /** Reads a row from each line of the body; lines of white space are no rows. */
  public static void readLines(byte[] body, RowsBuilder rows) {
    int start = afterByteOrderMark(body);
    while (start < body.length && !rows.isFull()) {
      int end = start;
      while (end < body.length && body[end] != '\n') {
        end++;
      }
      if (!isBlank(body, start, end)) {
        readLine(body, start, end, rows);
      }
      start = end + 1;
    }
  }

  /** Reads the rows of a body that is an array of objects, or one object. */
  public static void readDocument(byte[] body, RowsBuilder rows) {
    int start = afterByteOrderMark(body);
    int malformed = Utf8.firstMalformed(body, start, body.length);
    // What stands before a malformed byte is read for the sake of the row's number.
    int end = malformed < 0 ? body.length : malformed;
    try (JsonParser parser = FACTORY.createParser(body, start, end - start)) {
      readDocument(parser, start, rows);
      if (malformed >= 0) {
        rows.broken(notUtf8(malformed));
      }
    } catch (JsonProcessingException e) {
      rows.broken(malformed >= 0 ? notUtf8(malformed) : notJson(e));
    } catch (IOException e) {
      throw new IllegalStateException("reading bytes in memory failed", e);
    }
  }

  /** Reads a column's value that is JSON on its own. */
  public static void readValue(String json, int column, RowsBuilder rows) {
    try (JsonParser parser = FORGETFUL_FACTORY.createParser(json)) {
      JsonToken token = parser.nextToken();
      if (token == null) {
        rows.badValue(column, "expected JSON, got nothing");
        return;
      }
      readValue(parser, token, column, rows);
      if (parser.nextToken() != null) {
        rows.badValue(column, "something follows the JSON value");
      }
    } catch (JsonProcessingException e) {
      rows.badValue(column, notJson(e));
    } catch (IOException e) {
      throw new IllegalStateException("reading text in memory failed", e);
    }
  }

  private static void readDocument(JsonParser parser, int origin, RowsBuilder rows)
      throws IOException {
    JsonToken first = parser.nextToken();
    if (first == JsonToken.START_OBJECT) {
      readElement(parser, origin, rows);
    } else if (first == JsonToken.START_ARRAY) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (rows.isFull()) {
          return;
        }
        readElement(parser, origin, rows);
      }
    } else {
      rows.broken(
          first == null
              ? "the body is empty: send an array of objects"
              : "the body must be an array of objects, or one object");
      return;
    }
    if (parser.nextToken() != null) {
      rows.broken(
          "something follows the end of the JSON document; for one object a line use "
              + "Content-Type: application/x-ndjson");
    }
  }

  private static void readElement(JsonParser parser, int origin, RowsBuilder rows)
      throws IOException {
    int start = origin + (int) parser.currentTokenLocation().getByteOffset();
    @Nullable String wrong = readRow(parser, rows);
    parser.finishToken();
    end(wrong, start, origin + (int) parser.currentLocation().getByteOffset(), rows);
  }

  private static void readLine(byte[] body, int start, int end, RowsBuilder rows) {
    int malformed = Utf8.firstMalformed(body, start, end);
    if (malformed >= 0) {
      rows.broken(notUtf8(malformed));
      return;
    }
    int last = body[end - 1] == '\r' ? end - 1 : end;
    boolean read = false;
    try (JsonParser parser = lineParser(body, start, last, rows)) {
      parser.nextToken();
      @Nullable String wrong = readRow(parser, rows);
      read = true;
      end(parser.nextToken() == null ? wrong : NOT_ALONE, start, last, rows);
    } catch (JsonProcessingException e) {
      rows.badRow(read ? NOT_ALONE : notJson(e), start, last);
    } catch (IOException e) {
      throw new IllegalStateException("reading bytes in memory failed", e);
    }
  }

  private static JsonParser lineParser(byte[] body, int start, int end, RowsBuilder rows)
      throws IOException {
    return rows.hasMaps()
        ? FORGETFUL_FACTORY.createParser(
            new String(body, start, end - start, StandardCharsets.UTF_8))
        : FACTORY.createParser(body, start, end - start);
  }

  private static void end(@Nullable String wrong, int start, int end, RowsBuilder rows) {
    if (wrong == null) {
      rows.endRow(start, end);
    } else {
      rows.badRow(wrong, start, end);
    }
  }

  /** Reads a row's values. Returns what is wrong with it as a whole, or null if nothing is. */
  private static @Nullable String readRow(JsonParser parser, RowsBuilder rows) throws IOException {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      readObject(parser, rows);
      return null;
    }
    String found = String.valueOf(parser.currentToken());
    parser.skipChildren();
    return "a row must be an object {\"column\": value, ...}, got " + described(found);
  }

  private static void readObject(JsonParser parser, RowsBuilder rows) throws IOException {
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      int column = rows.column(name);
      JsonToken token = parser.nextToken();
      if (column == RowsBuilder.UNKNOWN) {
        parser.skipChildren();
        rows.unknown(name);
      } else {
        readValue(parser, token, column, rows);
      }
    }
  }

  private static void readValue(JsonParser parser, JsonToken token, int column, RowsBuilder rows)
      throws IOException {
    switch (token) {
      case VALUE_NULL -> rows.nullValue(column);
      case VALUE_STRING -> rows.value(column, ValueForm.JSON_STRING, parser.getText());
      case VALUE_NUMBER_INT -> rows.value(column, ValueForm.JSON_INTEGER, parser.getText());
      case VALUE_NUMBER_FLOAT -> rows.value(column, ValueForm.JSON_NUMBER, parser.getText());
      case VALUE_TRUE, VALUE_FALSE -> rows.value(column, ValueForm.JSON_BOOLEAN, parser.getText());
      default -> rows.nestedValue(column, parser);
    }
  }

  private static String described(String token) {
    return switch (token) {
      case "START_ARRAY" -> "an array";
      case "START_OBJECT" -> "an object";
      case "VALUE_STRING" -> "a string";
      case "VALUE_NULL" -> "null";
      case "VALUE_TRUE", "VALUE_FALSE" -> "a boolean";
      default -> "a number";
    };
  }

  private static String notUtf8(int position) {
    return "invalid UTF-8 at byte " + position + " of the body (from 0): send UTF-8";
  }

  private static String notJson(JsonProcessingException e) {
    String message = String.valueOf(e.getOriginalMessage());
    return "not valid JSON: " + (message.length() > 200 ? message.substring(0, 200) : message);
  }

  private static int afterByteOrderMark(byte[] body) {
    boolean marked =
        body.length >= 3
            && body[0] == (byte) 0xef
            && body[1] == (byte) 0xbb
            && body[2] == (byte) 0xbf;
    return marked ? 3 : 0;
  }

  private static boolean isBlank(byte[] body, int start, int end) {
    for (int i = start; i < end; i++) {
      if (body[i] != ' ' && body[i] != '\t' && body[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  private JsonRows() {}
}
