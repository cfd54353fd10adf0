package io.sluice.catalog.types;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Reads the text of a type, by recursive descent. Used once. */
final class TypeParser {

  /** Types within types; a map counts as two in Arrow, whose readers stop at 64. */
  static final int MAX_DEPTH = 30;

  private static final Pattern SPACE = Pattern.compile("\\s*");

  /** A name, and what primitive types have behind theirs. */
  private static final Pattern WORD =
      Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*(\\s*[(\\[][^()\\[\\]<>]*[)\\]])?");

  private static final Pattern NAME =
      Pattern.compile("`((?:[^`]|``)+)`|([\\p{L}\\p{N}_][\\p{L}\\p{N}_]*)");
  private static final Pattern NOT_NULL = Pattern.compile("(?i)not\\s+null\\b");
  private static final Pattern COMMENT = Pattern.compile("(?i)comment\\s*'((?:[^']|'')*)'");

  private final String text;
  private final Matcher matcher;
  private int at;
  private int lastId;

  TypeParser(String text) {
    this.text = text;
    this.matcher = SPACE.matcher(text);
  }

  /** Reads the whole text. */
  Type parse() {
    Type type = type(0);
    skip(SPACE);
    if (at < text.length()) {
      throw wrong("the end");
    }
    return type;
  }

  private Type type(int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException(
          "a type is nested at most " + MAX_DEPTH + " deep: " + shown(text));
    }
    skip(SPACE);
    int start = at;
    if (!skip(WORD)) {
      // A name of no letters is told as an unknown one.
      return TypeNames.parse(shown(text.substring(start).strip()));
    }
    String word = text.substring(start, at);
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "list", "array" -> list(depth);
      case "map" -> map(depth);
      case "struct", "row" -> struct(depth);
      default -> TypeNames.parse(word);
    };
  }

  private Type list(int depth) {
    expect('<');
    int id = ++lastId;
    Type element = type(depth + 1);
    boolean required = required();
    expect('>');
    return required
        ? Types.ListType.ofRequired(id, element)
        : Types.ListType.ofOptional(id, element);
  }

  private Type map(int depth) {
    expect('<');
    int keyId = ++lastId;
    int valueId = ++lastId;
    Type key = type(depth + 1);
    boolean unusedAlways = required();
    expect(',');
    Type value = type(depth + 1);
    boolean required = required();
    expect('>');
    return required
        ? Types.MapType.ofRequired(keyId, valueId, key, value)
        : Types.MapType.ofOptional(keyId, valueId, key, value);
  }

  private Type struct(int depth) {
    expect('<');
    List<NestedField> fields = new ArrayList<>();
    do {
      fields.add(field(depth + 1));
    } while (skip(','));
    expect('>');
    return Types.StructType.of(fields);
  }

  private NestedField field(int depth) {
    skip(SPACE);
    if (!skip(NAME)) {
      throw wrong("the name of a field");
    }
    @Nullable String quoted = matcher.group(1);
    String name = quoted == null ? matcher.group(2) : quoted.replace("``", "`");
    // Flink and Spark write a space alone.
    boolean unusedEither = skip(':');
    int id = ++lastId;
    Type type = type(depth);
    NestedField.Builder field =
        (required() ? NestedField.required(name) : NestedField.optional(name))
            .withId(id)
            .ofType(type);
    skip(SPACE);
    return skip(COMMENT)
        ? field.withDoc(matcher.group(1).replace("''", "'")).build()
        : field.build();
  }

  private boolean required() {
    skip(SPACE);
    return skip(NOT_NULL);
  }

  private void expect(char wanted) {
    if (!skip(wanted)) {
      throw wrong("'" + wanted + "'");
    }
  }

  private boolean skip(char wanted) {
    skip(SPACE);
    boolean there = at < text.length() && text.charAt(at) == wanted;
    at += there ? 1 : 0;
    return there;
  }

  private boolean skip(Pattern pattern) {
    boolean there = matcher.usePattern(pattern).region(at, text.length()).lookingAt();
    at = there ? matcher.end() : at;
    return there;
  }

  private IllegalArgumentException wrong(String wanted) {
    String rest = at < text.length() ? "'" + shown(text.substring(at)) + "'" : "its end";
    return new IllegalArgumentException(
        "type '%s' has %s where %s is expected, as in struct<a: int, b: list<string not null>, c: map<string, long>>"
            .formatted(shown(text), rest, wanted));
  }

  private static String shown(String part) {
    return part.length() <= 100 ? part : part.substring(0, 100) + "...";
  }
}
