package io.sluice.gateway.json;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.sluice.catalog.types.ArrowSchemas;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;

/** Random schemas of nested columns, and rows of them in all forms that JSON may have. */
final class NestedRows {

  /**
   * One value.
   *
   * @param sent one of its forms
   * @param read the form in which it is written
   */
  record Value(String sent, String read) {}

  private static final Value NULL = new Value("null", "null");
  private static final List<Type> PRIMITIVES =
      List.of(
          Types.BooleanType.get(),
          Types.IntegerType.get(),
          Types.LongType.get(),
          Types.DoubleType.get(),
          Types.DecimalType.of(9, 2),
          Types.DateType.get(),
          Types.StringType.get(),
          Types.FixedType.ofLength(3),
          Types.BinaryType.get());

  private final Random random;
  // While it is above 0, a value in so many is wrong.
  private int wrongIn;
  private boolean wrong;

  NestedRows(Random random) {
    this.random = random;
  }

  /** Returns a schema of up to four columns, at most so many types within each other. */
  Schema schema(int mostDepth) {
    return ArrowSchemas.numbered(fields(mostDepth, "c"));
  }

  /** Returns a row that fits. */
  Value row(Schema schema) {
    wrongIn = 0;
    return struct(schema.columns());
  }

  /** Returns the text of a row that doesn't fit, or is no JSON at all. */
  String wrongRow(Schema schema) {
    wrongIn = 1 + random.nextInt(8);
    wrong = false;
    String row = struct(schema.columns()).sent();
    int end = 1 + random.nextInt(row.length() - 1);
    boolean half = Character.isHighSurrogate(row.charAt(end - 1));
    return wrong ? row : row.substring(0, half ? end - 1 : end);
  }

  private List<NestedField> fields(int depth, String prefix) {
    List<NestedField> fields = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      NestedField.Builder field =
          random.nextInt(4) == 0
              ? NestedField.required(prefix + i)
              : NestedField.optional(prefix + i);
      fields.add(field.withId(fields.size() + 1).ofType(type(depth)).build());
    }
    return fields;
  }

  private Type type(int depth) {
    if (depth == 0 || random.nextInt(4) == 0) {
      return PRIMITIVES.get(random.nextInt(PRIMITIVES.size()));
    }
    boolean required = random.nextInt(4) == 0;
    return switch (random.nextInt(3)) {
      case 0 ->
          required
              ? Types.ListType.ofRequired(1, type(depth - 1))
              : Types.ListType.ofOptional(1, type(depth - 1));
      case 1 -> {
        Type key = type(random.nextInt(4) == 0 ? depth - 1 : 0);
        yield required
            ? Types.MapType.ofRequired(1, 2, key, type(depth - 1))
            : Types.MapType.ofOptional(1, 2, key, type(depth - 1));
      }
      default -> Types.StructType.of(fields(depth - 1, "f"));
    };
  }

  private boolean isWrong() {
    boolean now = wrongIn > 0 && random.nextInt(wrongIn) == 0;
    wrong |= now;
    return now;
  }

  private Value value(Type type, boolean optional) {
    if (isWrong()) {
      String other = type.isStructType() ? "[{}]" : "{\"none\":[1]}";
      return new Value(type.isMapType() ? "[[]]" : other, "");
    }
    if (optional && random.nextInt(5) == 0) {
      return NULL;
    }
    return switch (type.typeId()) {
      case STRUCT -> struct(type.asStructType().fields());
      case LIST -> list(type.asListType());
      case MAP -> map(type.asMapType());
      default -> {
        String text = text(type);
        String json = json(type, text);
        yield new Value(json, json);
      }
    };
  }

  private Value struct(List<NestedField> fields) {
    List<String> sent = new ArrayList<>();
    List<String> read = new ArrayList<>();
    for (NestedField field : fields) {
      String name = quoted(field.name()) + ":";
      boolean left = field.isOptional() ? random.nextInt(6) == 0 : isWrong();
      Value value = left ? NULL : value(field.type(), field.isOptional());
      read.add(name + value.read());
      if (!left) {
        sent.add(name + value.sent());
      }
      if (!left && isWrong()) {
        sent.add(name + value.sent());
      }
    }
    if (isWrong()) {
      sent.add("\"no such field\":{\"x\":[]}");
    }
    Collections.shuffle(sent, random);
    return new Value("{" + String.join(", ", sent) + "}", "{" + String.join(",", read) + "}");
  }

  private Value list(Types.ListType type) {
    List<String> sent = new ArrayList<>();
    List<String> read = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      Value value = value(type.elementType(), type.isElementOptional());
      sent.add(value.sent());
      read.add(value.read());
    }
    return new Value("[" + String.join(" ,", sent) + "]", "[" + String.join(",", read) + "]");
  }

  private Value map(Types.MapType type) {
    boolean primitive = type.keyType().isPrimitiveType();
    boolean object = primitive && random.nextInt(3) > 0;
    Set<String> keys = new HashSet<>();
    List<String> sent = new ArrayList<>();
    List<String> read = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      String text = primitive ? text(type.keyType()) : "";
      Value key =
          primitive
              ? new Value(json(type.keyType(), text), quoted(text))
              : value(type.keyType(), false);
      if (!keys.add(key.read()) && !isWrong()) {
        continue;
      }
      Value value = value(type.valueType(), type.isValueOptional());
      sent.add(
          object
              ? quoted(text) + ":" + value.sent()
              : "{\"key\":" + key.sent() + ",\"value\":" + value.sent() + "}");
      read.add(
          primitive
              ? key.read() + ":" + value.read()
              : "{\"key\":" + key.read() + ",\"value\":" + value.read() + "}");
    }
    String entries = String.join(",", sent);
    String all = String.join(",", read);
    return new Value(
        object ? "{" + entries + "}" : "[" + entries + "]",
        primitive ? "{" + all + "}" : "[" + all + "]");
  }

  /** Returns a primitive value as CSV has it. */
  private String text(Type type) {
    return switch (type.typeId()) {
      case BOOLEAN -> "" + random.nextBoolean();
      case INTEGER -> "" + (random.nextInt() >> random.nextInt(32));
      case LONG -> "" + (random.nextLong() >> random.nextInt(64));
      case DOUBLE -> random.nextInt(8) == 0 ? "-Infinity" : "" + (random.nextDouble() - 0.5) * 1e9;
      case DECIMAL -> BigDecimal.valueOf(random.nextInt(1_000_000) - 500_000, 2).toPlainString();
      case DATE -> LocalDate.ofEpochDay(random.nextInt(40_000)).toString();
      case FIXED -> new String[] {"AAEC", "/+8+", "AAAA"}[random.nextInt(3)];
      case BINARY -> new String[] {"", "AA==", "/+8="}[random.nextInt(3)];
      default -> {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
          text.append(new String[] {"a", "é", "😀", "\"", "\\", "\n", "}"}[random.nextInt(7)]);
        }
        yield text.toString();
      }
    };
  }

  private static String json(Type type, String text) {
    boolean bare =
        switch (type.typeId()) {
          case BOOLEAN, INTEGER, LONG -> true;
          case DOUBLE -> !text.endsWith("Infinity");
          default -> false;
        };
    return bare ? text : quoted(text);
  }

  private static String quoted(String text) {
    return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
  }
}
