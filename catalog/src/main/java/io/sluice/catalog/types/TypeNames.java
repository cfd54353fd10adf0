package io.sluice.catalog.types;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/** The names of the types. */
final class TypeNames {

  static final List<String> NAMES =
      List.of(
          "boolean",
          "int",
          "long",
          "float",
          "double",
          "decimal(p, s)",
          "date",
          "time",
          "timestamp",
          "timestamptz",
          "timestamp_ns",
          "timestamptz_ns",
          "string",
          "uuid",
          "fixed(length)",
          "binary",
          "list<type>",
          "map<type, type>",
          "struct<name: type, ...>");

  private static final int MAX_FIXED_BYTES = 1 << 20;
  private static final Pattern DECIMAL =
      Pattern.compile("decimal\\(\\s*(\\d{1,3})\\s*,\\s*(\\d{1,3})\\s*\\)");
  private static final Pattern FIXED = Pattern.compile("fixed\\s*[\\[(]\\s*(\\d{1,9})\\s*[\\])]");

  /**
   * Returns the primitive type of a name.
   *
   * @throws IllegalArgumentException if it is none; the message lists all
   */
  static Type parse(String name) {
    String text = name.trim().toLowerCase(Locale.ROOT);
    Matcher decimal = DECIMAL.matcher(text);
    if (decimal.matches()) {
      return decimal(Integer.parseInt(decimal.group(1)), Integer.parseInt(decimal.group(2)));
    }
    Matcher fixed = FIXED.matcher(text);
    if (fixed.matches()) {
      return fixed(Integer.parseInt(fixed.group(1)));
    }
    return switch (text) {
      case "boolean" -> Types.BooleanType.get();
      case "int" -> Types.IntegerType.get();
      case "long" -> Types.LongType.get();
      case "float" -> Types.FloatType.get();
      case "double" -> Types.DoubleType.get();
      case "date" -> Types.DateType.get();
      case "time" -> Types.TimeType.get();
      case "timestamp" -> Types.TimestampType.withoutZone();
      case "timestamptz" -> Types.TimestampType.withZone();
      case "timestamp_ns" -> Types.TimestampNanoType.withoutZone();
      case "timestamptz_ns" -> Types.TimestampNanoType.withZone();
      case "string" -> Types.StringType.get();
      case "uuid" -> Types.UUIDType.get();
      case "binary" -> Types.BinaryType.get();
      default ->
          throw new IllegalArgumentException(
              "unknown type '" + name + "'; the types are " + String.join(", ", NAMES));
    };
  }

  private static Type decimal(int precision, int scale) {
    if (precision < 1 || precision > 38 || scale > precision) {
      throw new IllegalArgumentException(
          "decimal("
              + precision
              + ", "
              + scale
              + ") needs a precision of 1 to 38 and a scale of 0 to the precision");
    }
    return Types.DecimalType.of(precision, scale);
  }

  private static Type fixed(int length) {
    if (length < 1 || length > MAX_FIXED_BYTES) {
      throw new IllegalArgumentException(
          "fixed(" + length + ") needs a length of 1 to " + MAX_FIXED_BYTES + " bytes");
    }
    return Types.FixedType.ofLength(length);
  }

  private TypeNames() {}
}
