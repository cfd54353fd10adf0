package io.sluice.gateway.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.rows.RowsFixture;
import java.util.List;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonValueRulesTest {

  // Columns: type | value in the request | value as it is read back ("=" if the same).
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          boolean | true | =
          boolean | false | =
          int | 0 | =
          int | -0 | 0
          int | 2147483647 | =
          int | -2147483648 | =
          long | 9223372036854775807 | =
          long | -9223372036854775808 | =
          float | 1 | 1.0
          float | 3.4028235e38 | 3.4028235E38
          float | 1.4e-45 | 1.4E-45
          float | -0.0 | =
          float | 16777217 | 1.6777216E7
          float | "NaN" | =
          float | "-Infinity" | =
          double | 0.1 | =
          double | -0 | -0.0
          double | 1.7976931348623157e308 | 1.7976931348623157E308
          double | 4.9e-324 | 4.9E-324
          double | 1e-400 | 0.0
          double | "NaN" | =
          double | "Infinity" | =
          double | "-Infinity" | =
          decimal(9, 2) | 1.5 | "1.50"
          decimal(9, 2) | "1.50" | =
          decimal(9, 2) | 1.500 | "1.50"
          decimal(9, 2) | -9999999.99 | "-9999999.99"
          decimal(9, 2) | 1e3 | "1000.00"
          decimal(9, 2) | 0e999 | "0.00"
          decimal(9, 2) | "+7" | "7.00"
          decimal(18, 0) | 999999999999999999 | "999999999999999999"
          decimal(38, 10) | "9999999999999999999999999999.9999999999" | =
          decimal(38, 38) | "-0.99999999999999999999999999999999999999" | =
          date | "1970-01-01" | =
          date | "1969-12-31" | =
          date | "2012-02-29" | =
          date | "0001-01-01" | =
          date | "+12345-06-07" | =
          date | "-0044-03-15" | =
          date | "+5881580-07-11" | =
          date | "-5877641-06-23" | =
          time | "00:00:00" | =
          time | "23:59:59.999999" | =
          time | "01:02:03.5" | "01:02:03.500000"
          time | "01:02:03.120000000" | "01:02:03.120000"
          timestamp | "2013-01-01T10:00:00" | =
          timestamp | "2013-01-01 10:00:00" | "2013-01-01T10:00:00"
          timestamp | "1969-12-31T23:59:59.999999" | =
          timestamp | "+294247-01-10T04:00:54.775807" | =
          timestamp | "-290308-12-21T19:59:05.224192" | =
          timestamptz | "2013-01-01T10:00:00Z" | =
          timestamptz | "2013-01-01T10:00:00.000001z" | "2013-01-01T10:00:00.000001Z"
          timestamptz | "2013-01-01 10:00:00+02:30" | "2013-01-01T07:30:00Z"
          timestamptz | "2013-01-01T00:00:00+14" | "2012-12-31T10:00:00Z"
          timestamptz | "2012-12-31T23:00:00-0100" | "2013-01-01T00:00:00Z"
          timestamptz | "-290308-12-21T20:59:05.224192+01:00" | "-290308-12-21T19:59:05.224192Z"
          timestamp_ns | "2262-04-11T23:47:16.854775807" | =
          timestamp_ns | "1677-09-21T00:12:43.145224192" | =
          timestamp_ns | "2013-01-01T10:00:00.5" | "2013-01-01T10:00:00.500000000"
          timestamptz_ns | "2013-01-01T10:00:00.000000001+02:00" | "2013-01-01T08:00:00.000000001Z"
          string | "" | =
          string | "a\\u0000\\n\\"ü€😀" | "a\\u0000\\n\\"ü€😀"
          string | "\\ud83d\\ude00" | "😀"
          uuid | "0f8fad5b-d9cb-469f-a165-70867728950e" | =
          uuid | "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF" | "ffffffff-ffff-ffff-ffff-ffffffffffff"
          fixed[3] | "AAEC" | =
          binary | "" | =
          binary | "/+8=" | =
          binary | "/+8" | "/+8="
          string | null | =
          decimal(9, 2) | null | =
          """)
  void isAccepted(String type, String value, String expected) throws Exception {
    List<String> rows = RowsFixture.column(type(type)).lines("{\"v\":" + value + "}");

    String same = expected.equals("=") ? value : expected;
    assertThat(rows).containsExactly("{\"v\":" + same + "}");
  }

  // Columns: type | value in the request | what the reason says.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          boolean | 1 | expected true or false, got the number 1
          boolean | "true" | expected true or false, got the string "true"
          int | 1.0 | expected an integer, got the number 1.0
          int | 1e2 | expected an integer, got the number 1e2
          int | "1" | expected an integer, got the string "1"
          int | true | expected an integer, got true
          int | 2147483648 | the number 2147483648 is out of the range of int
          int | -2147483649 | the number -2147483649 is out of the range of int
          int | 99999999999999999999 | the number 99999999999999999999 is out of the range of int
          long | 9223372036854775808 | the number 9223372036854775808 is out of the range of long
          float | 3.5e38 | the number 3.5e38 is out of the range of float
          float | "1.5" | expected a number, or "NaN", "Infinity" or "-Infinity", got the string "1.5"
          double | 1e400 | the number 1e400 is out of the range of double
          double | "+Infinity" | got the string "+Infinity"
          double | "nan" | got the string "nan"
          decimal(9, 2) | 1.005 | the value has 3 fraction digits, decimal(9, 2) has 2
          decimal(9, 2) | 10000000 | the value is out of the range of decimal(9, 2)
          decimal(9, 2) | 1e999999999 | the value is out of the range of decimal(9, 2)
          decimal(9, 2) | 1e-999999999 | fraction digits
          decimal(9, 2) | 1e99999999999 | the exponent is out of range
          decimal(9, 2) | "1,5" | expected a decimal number
          decimal(9, 2) | "" | expected a decimal number
          decimal(9, 2) | "NaN" | expected a decimal number
          decimal(9, 2) | true | expected a decimal number
          date | "2013-02-29" | there is no date 2013-02-29
          date | "2013-1-1" | expected a date as YYYY-MM-DD, got "2013-1-1"
          date | "12345-01-01" | expected a date
          date | "+5881580-07-12" | is out of range
          date | "2013-01-01T00:00:00" | expected a date
          date | 15706 | expected a date as YYYY-MM-DD, got the number 15706
          time | "24:00:00" | there is no time 24:00:00
          time | "23:59:60" | there is no time
          time | "10:00" | expected a time as HH:MM:SS
          time | "10:00:00." | expected a time as HH:MM:SS
          time | "10:00:00.1234567" | more than 6 fraction digits
          timestamp | "2013-01-01T10:00:00Z" | takes no zone or offset
          timestamp | "2013-01-01T10:00:00+00:00" | takes no zone or offset
          timestamp | "2013-01-01" | expected a timestamp without zone
          timestamp | "+294247-01-10T04:00:54.775808" | is out of range
          timestamp | 0 | expected a timestamp
          timestamptz | "2013-01-01T10:00:00" | must end in Z or an offset
          timestamptz | "2013-01-01T10:00:00 UTC" | expected a timestamp with zone
          timestamptz | "2013-01-01T10:00:00+18:01" | the offset is beyond 18:00
          timestamptz | "2013-01-01T10:00:00.0000001Z" | more than 6 fraction digits
          timestamp_ns | "2013-01-01T10:00:00.0000000001" | more than 9 fraction digits
          timestamp_ns | "2013-01-01" | as YYYY-MM-DDTHH:MM:SS[.fffffffff], got
          timestamp_ns | "2262-04-11T23:47:16.854775808" | is out of range
          string | 1 | expected a string, got the number 1
          string | "\\ud800" | half of a surrogate pair
          string | "\\ude00x" | half of a surrogate pair
          uuid | "0f8fad5bd9cb469fa16570867728950e" | expected a UUID
          uuid | "0f8fad5b-d9cb-469f-a165-70867728950g" | expected a UUID
          uuid | "1-1-1-1-1" | expected a UUID
          fixed[3] | "AAE=" | the value has 2 bytes, fixed[3] takes 3
          fixed[3] | "AAECAw==" | the value has 4 bytes, fixed[3] takes 3
          binary | "A" | expected base64
          binary | "a-_b" | expected base64
          binary | [1] | the column takes no nested values, got an array
          string | {"a":1} | the column takes no nested values, got an object
          """)
  void isRefused(String type, String value, String reason) {
    List<String> errors =
        RowsFixture.errorsOf(
            () -> RowsFixture.column(type(type)).lines("{}\n{\"v\":" + value + "}"));

    assertThat(errors).hasSize(1);
    assertThat(errors.get(0)).startsWith("2/v/").contains(reason);
  }

  private static Type type(String name) {
    return Types.fromPrimitiveString(name);
  }
}
