package io.sluice.gateway.rows;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * The rules of JSON and CSV values, one writer for each primitive type of Iceberg's format v3.
 * docs/http.md has them in a table.
 */
final class ColumnWriters {

  private static final int UUID_CHARACTERS = 36;

  /** Returns the writer for {@code type} into its canonical vector. */
  static ColumnWriter of(Type type, FieldVector vector) {
    return switch (type.typeId()) {
      case BOOLEAN -> bool((BitVector) vector);
      case INTEGER -> int32((IntVector) vector);
      case LONG -> int64((BigIntVector) vector);
      case FLOAT -> float32((Float4Vector) vector);
      case DOUBLE -> float64((Float8Vector) vector);
      case DECIMAL -> decimal((Types.DecimalType) type, (DecimalVector) vector);
      case DATE -> date((DateDayVector) vector);
      case TIME -> time((TimeMicroVector) vector);
      case TIMESTAMP ->
          timestamp(((Types.TimestampType) type).shouldAdjustToUTC(), 6, (TimeStampVector) vector);
      case TIMESTAMP_NANO ->
          timestamp(
              ((Types.TimestampNanoType) type).shouldAdjustToUTC(), 9, (TimeStampVector) vector);
      case STRING -> string((VarCharVector) vector);
      case UUID -> uuid((FixedSizeBinaryVector) vector);
      case FIXED -> fixed((Types.FixedType) type, (FixedSizeBinaryVector) vector);
      case BINARY -> binary((VarBinaryVector) vector);
      default -> throw new IllegalArgumentException("no rows are written as " + type);
    };
  }

  private static ColumnWriter bool(BitVector vector) {
    return (row, form, text) -> {
      if (form == ValueForm.JSON_BOOLEAN || form == ValueForm.CSV_FIELD) {
        switch (text) {
          case "true", "TRUE", "True" -> {
            vector.setSafe(row, 1);
            return;
          }
          case "false", "FALSE", "False" -> {
            vector.setSafe(row, 0);
            return;
          }
          default -> {}
        }
      }
      throw expected("true or false", form, text);
    };
  }

  private static ColumnWriter int32(IntVector vector) {
    return (row, form, text) -> {
      long value = integer("int", form, text);
      if (value != (int) value) {
        throw new BadValueException(form.shown(text) + " is out of the range of int");
      }
      vector.setSafe(row, (int) value);
    };
  }

  private static ColumnWriter int64(BigIntVector vector) {
    return (row, form, text) -> vector.setSafe(row, integer("long", form, text));
  }

  private static long integer(String type, ValueForm form, String text) throws BadValueException {
    boolean integer =
        form == ValueForm.JSON_INTEGER
            || (form == ValueForm.CSV_FIELD && NumberText.isInteger(text));
    if (!integer) {
      throw expected("an integer", form, text);
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new BadValueException(form.shown(text) + " is out of the range of " + type);
    }
  }

  private static ColumnWriter float32(Float4Vector vector) {
    return (row, form, text) -> {
      if (isSpecial(form, text)) {
        vector.setSafe(row, Float.parseFloat(text));
        return;
      }
      requireFloat(form, text);
      float value = Float.parseFloat(text);
      if (Float.isInfinite(value)) {
        throw new BadValueException(form.shown(text) + " is out of the range of float");
      }
      vector.setSafe(row, value);
    };
  }

  private static ColumnWriter float64(Float8Vector vector) {
    return (row, form, text) -> {
      if (isSpecial(form, text)) {
        vector.setSafe(row, Double.parseDouble(text));
        return;
      }
      requireFloat(form, text);
      double value = Double.parseDouble(text);
      if (Double.isInfinite(value)) {
        throw new BadValueException(form.shown(text) + " is out of the range of double");
      }
      vector.setSafe(row, value);
    };
  }

  private static boolean isSpecial(ValueForm form, String text) {
    return form.isText()
        && (text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity"));
  }

  private static void requireFloat(ValueForm form, String text) throws BadValueException {
    boolean number =
        form == ValueForm.JSON_INTEGER
            || form == ValueForm.JSON_NUMBER
            || (form == ValueForm.CSV_FIELD && NumberText.isNumber(text));
    if (!number) {
      throw expected("a number, or \"NaN\", \"Infinity\" or \"-Infinity\"", form, text);
    }
  }

  private static ColumnWriter decimal(Types.DecimalType type, DecimalVector vector) {
    return (row, form, text) -> {
      if (form == ValueForm.JSON_BOOLEAN || !NumberText.isNumber(text)) {
        throw expected("a decimal number, as a number or a string", form, text);
      }
      vector.setSafe(row, NumberText.decimal(text, type.precision(), type.scale()));
    };
  }

  private static ColumnWriter date(DateDayVector vector) {
    return (row, form, text) -> {
      requireText("a date as YYYY-MM-DD", form, text);
      vector.setSafe(row, TemporalText.date(text));
    };
  }

  private static ColumnWriter time(TimeMicroVector vector) {
    return (row, form, text) -> {
      requireText("a time as HH:MM:SS[.ffffff]", form, text);
      vector.setSafe(row, TemporalText.time(text));
    };
  }

  private static ColumnWriter timestamp(boolean zoned, int fractionDigits, TimeStampVector vector) {
    String fraction = "f".repeat(fractionDigits);
    String wanted = "a timestamp as YYYY-MM-DDTHH:MM:SS[." + fraction + (zoned ? "] and Z" : "]");
    return (row, form, text) -> {
      requireText(wanted, form, text);
      vector.setSafe(
          row,
          zoned
              ? TemporalText.timestamptz(text, fractionDigits)
              : TemporalText.timestamp(text, fractionDigits));
    };
  }

  private static ColumnWriter string(VarCharVector vector) {
    return (row, form, text) -> {
      requireText("a string", form, text);
      if (!Utf8.isEncodable(text)) {
        throw new BadValueException("the string has half of a surrogate pair");
      }
      vector.setSafe(row, text.getBytes(StandardCharsets.UTF_8));
    };
  }

  private static ColumnWriter uuid(FixedSizeBinaryVector vector) {
    return (row, form, text) -> {
      if (!form.isText() || text.length() != UUID_CHARACTERS) {
        throw expected("a UUID as 8-4-4-4-12 hexadecimal digits", form, text);
      }
      byte[] bytes = new byte[16];
      int at = 0;
      for (int i = 0; i < bytes.length; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
          if (text.charAt(at) != '-') {
            throw expected("a UUID as 8-4-4-4-12 hexadecimal digits", form, text);
          }
          at++;
        }
        int high = hex(text.charAt(at));
        int low = hex(text.charAt(at + 1));
        if (high < 0 || low < 0) {
          throw expected("a UUID as 8-4-4-4-12 hexadecimal digits", form, text);
        }
        bytes[i] = (byte) (high << 4 | low);
        at += 2;
      }
      vector.setSafe(row, bytes);
    };
  }

  private static int hex(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }

  private static ColumnWriter fixed(Types.FixedType type, FixedSizeBinaryVector vector) {
    return (row, form, text) -> {
      byte[] bytes = base64(form, text);
      if (bytes.length != type.length()) {
        throw new BadValueException(
            "the value has " + bytes.length + " bytes, " + type + " takes " + type.length());
      }
      vector.setSafe(row, bytes);
    };
  }

  private static ColumnWriter binary(VarBinaryVector vector) {
    return (row, form, text) -> vector.setSafe(row, base64(form, text));
  }

  private static byte[] base64(ValueForm form, String text) throws BadValueException {
    requireText("base64", form, text);
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw expected("base64", form, text);
    }
  }

  private static void requireText(String wanted, ValueForm form, String text)
      throws BadValueException {
    if (!form.isText()) {
      throw expected(wanted, form, text);
    }
  }

  private static BadValueException expected(String wanted, ValueForm form, String text) {
    return new BadValueException("expected " + wanted + ", got " + form.shown(text));
  }

  private ColumnWriters() {}
}
