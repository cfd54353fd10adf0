package io.sluice.gateway.rows;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How a value was written in a request. The text that comes with it is the source's, unescaped. */
public enum ValueForm {
  /** A JSON string. */
  JSON_STRING,
  /** A JSON number without fraction and exponent. */
  JSON_INTEGER,
  /** A JSON number with a fraction or an exponent. */
  JSON_NUMBER,
  /** A JSON {@code true} or {@code false}. */
  JSON_BOOLEAN,
  /** A CSV field, quoted or not. */
  CSV_FIELD;

  private static final int MOST_SHOWN = 60;

  /** Returns how a primitive value of JSON is written; null for what is none. */
  static @Nullable ValueForm of(@Nullable JsonToken token) {
    if (token == null) {
      return null;
    }
    return switch (token) {
      case VALUE_STRING -> JSON_STRING;
      case VALUE_NUMBER_INT -> JSON_INTEGER;
      case VALUE_NUMBER_FLOAT -> JSON_NUMBER;
      case VALUE_TRUE, VALUE_FALSE -> JSON_BOOLEAN;
      default -> null;
    };
  }

  /** Returns the value that a parser is at as an error message shows it. */
  static String shown(JsonParser parser) throws IOException {
    @Nullable ValueForm form = of(parser.currentToken());
    if (form != null) {
      return form.shown(parser.getText());
    }
    return switch (String.valueOf(parser.currentToken())) {
      case "START_ARRAY" -> "an array";
      case "START_OBJECT" -> "an object";
      default -> "null";
    };
  }

  /**
   * Returns {@code text} as an error message shows it: quoted if it was text, and cut when it is
   * long.
   */
  String shown(String text) {
    String cut = text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "...";
    return switch (this) {
      case JSON_STRING -> "the string \"" + cut + "\"";
      case CSV_FIELD -> "\"" + cut + "\"";
      case JSON_INTEGER, JSON_NUMBER -> "the number " + cut;
      case JSON_BOOLEAN -> cut;
    };
  }

  boolean isText() {
    return this == JSON_STRING || this == CSV_FIELD;
  }
}
