package io.sluice.gateway.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.rows.RowsFixture;
import io.sluice.testing.Seeded;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class JsonRoundTripTest {

  private static final RowsFixture TABLE =
      RowsFixture.of(
          NestedField.optional(1, "a", Types.BooleanType.get()),
          NestedField.optional(2, "b", Types.IntegerType.get()),
          NestedField.optional(3, "c", Types.LongType.get()),
          NestedField.optional(4, "d", Types.FloatType.get()),
          NestedField.optional(5, "e", Types.DoubleType.get()),
          NestedField.optional(6, "f", Types.DecimalType.of(38, 7)),
          NestedField.optional(7, "g", Types.DateType.get()),
          NestedField.optional(8, "h", Types.TimeType.get()),
          NestedField.optional(9, "i", Types.TimestampType.withoutZone()),
          NestedField.optional(10, "j", Types.TimestampType.withZone()),
          NestedField.optional(11, "k", Types.StringType.get()),
          NestedField.optional(12, "l", Types.UUIDType.get()),
          NestedField.optional(13, "m", Types.FixedType.ofLength(5)),
          NestedField.optional(14, "n", Types.BinaryType.get()),
          NestedField.optional(15, "o", Types.TimestampNanoType.withoutZone()),
          NestedField.optional(16, "p", Types.TimestampNanoType.withZone()));

  @TestFactory
  Stream<DynamicTest> rowsReadAndWrittenAreTheSame() {
    return Seeded.seeds(
        200,
        random -> {
          List<String> rows = new ArrayList<>();
          for (int i = 0; i < 20; i++) {
            rows.add(row(random));
          }
          assertThat(TABLE.lines(String.join("\n", rows))).isEqualTo(rows);
          assertThat(TABLE.document("[" + String.join(",", rows) + "]")).isEqualTo(rows);
        });
  }

  private static String row(Random random) {
    List<String> values =
        List.of(
            "" + random.nextBoolean(),
            "" + (random.nextInt() >> random.nextInt(32)),
            "" + (random.nextLong() >> random.nextInt(64)),
            special("" + Float.intBitsToFloat(random.nextInt())),
            special("" + Double.longBitsToDouble(random.nextLong())),
            "\"" + decimal(random).toPlainString() + "\"",
            "\"" + LocalDate.ofEpochDay(random.nextInt()) + "\"",
            "\"" + time(random) + "\"",
            "\"" + date(random) + "T" + time(random) + "\"",
            "\"" + date(random) + "T" + time(random) + "Z\"",
            "\"" + text(random) + "\"",
            "\"" + new UUID(random.nextLong(), random.nextLong()) + "\"",
            "\"" + base64(random, 5) + "\"",
            "\"" + base64(random, random.nextInt(40)) + "\"",
            "\"" + nanos(random) + "\"",
            "\"" + nanos(random) + "Z\"");
    StringBuilder row = new StringBuilder("{");
    for (int i = 0; i < values.size(); i++) {
      String value = random.nextInt(8) == 0 ? "null" : values.get(i);
      row.append(i == 0 ? "" : ",")
          .append('"')
          .append((char) ('a' + i))
          .append("\":")
          .append(value);
    }
    return row.append('}').toString();
  }

  private static String special(String number) {
    return number.equals("NaN") || number.endsWith("Infinity") ? "\"" + number + "\"" : number;
  }

  private static BigDecimal decimal(Random random) {
    return new BigDecimal(new BigInteger(random.nextInt(126), random), 7)
        .multiply(BigDecimal.valueOf(random.nextBoolean() ? 1 : -1));
  }

  private static LocalDate date(Random random) {
    return LocalDate.ofEpochDay(random.nextInt(200_000_000) - 100_000_000);
  }

  private static String time(Random random) {
    long micros = (random.nextLong() & Long.MAX_VALUE) % 86_400_000_000L;
    boolean whole = random.nextBoolean();
    String time = LocalTime.ofNanoOfDay(micros / 1_000_000 * 1_000_000_000L).toString();
    String seconds = time.length() == 5 ? time + ":00" : time;
    long fraction = micros % 1_000_000;
    return whole || fraction == 0 ? seconds : seconds + String.format(".%06d", fraction);
  }

  private static String nanos(Random random) {
    long nanos = random.nextLong() >> random.nextInt(64);
    LocalDateTime second =
        LocalDateTime.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), 0, ZoneOffset.UTC);
    long fraction = Math.floorMod(nanos, 1_000_000_000L);
    return second.format(DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss"))
        + (fraction == 0 ? "" : String.format(".%09d", fraction));
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(30);
    for (int i = 0; i < length; i++) {
      text.append(
          new String[] {"a", "Z", " ", "é", "€", "😀", "\\n", "\\\"", "\\\\", "\\u0001"}
              [random.nextInt(10)]);
    }
    return text.toString();
  }

  private static String base64(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }
}
