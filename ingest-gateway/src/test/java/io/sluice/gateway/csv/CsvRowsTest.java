package io.sluice.gateway.csv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.types.ArrowSchemas;
import io.sluice.gateway.rows.RowsFixture;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvRowsTest {

  private static final RowsFixture TABLE =
      RowsFixture.of(
          NestedField.required(1, "id", Types.LongType.get()),
          NestedField.optional(2, "name", Types.StringType.get()));

  @Test
  void columnsAreFoundByTheHeader() throws Exception {
    assertThat(TABLE.csv("name,id\na,1\r\nb,2"))
        .containsExactly("{\"id\":1,\"name\":\"a\"}", "{\"id\":2,\"name\":\"b\"}");
    assertThat(TABLE.csv("id\n1\n")).containsExactly("{\"id\":1,\"name\":null}");
    assertThat(TABLE.csv("id,name\n")).isEmpty();
  }

  @Test
  void aByteOrderMarkIsSkippedAndBlankLinesAreNoRows() throws Exception {
    assertThat(TABLE.csv("\ufeffid,name\n\n1,a\n\n")).hasSize(1);
  }

  @Test
  void inAFileOfOneColumnABlankLineIsANull() throws Exception {
    RowsFixture one = RowsFixture.column(Types.StringType.get());

    assertThat(one.csv("v\na\n\nb\n"))
        .containsExactly("{\"v\":\"a\"}", "{\"v\":null}", "{\"v\":\"b\"}");
  }

  @Test
  void quotedFieldsHoldDelimitersQuotesAndLineBreaks() throws Exception {
    assertThat(TABLE.csv("\"id\",\"name\"\n1,\"a,\"\"b\"\"\r\nc\"\n2,\"\"\n"))
        .containsExactly("{\"id\":1,\"name\":\"a,\\\"b\\\"\\r\\nc\"}", "{\"id\":2,\"name\":\"\"}");
  }

  @Test
  void anEmptyUnquotedFieldIsNullUnlessOtherTokensAreGiven() throws Exception {
    CsvFormat na = new CsvFormat(',', Set.of("NA"));

    assertThat(TABLE.csv("id,name\n1,\n2,NA\n3,\"\"\n"))
        .containsExactly(
            "{\"id\":1,\"name\":null}", "{\"id\":2,\"name\":\"NA\"}", "{\"id\":3,\"name\":\"\"}");
    assertThat(TABLE.csv(bytes("id,name\n1,\n2,NA\n3,\"NA\"\n"), na))
        .containsExactly(
            "{\"id\":1,\"name\":\"\"}", "{\"id\":2,\"name\":null}", "{\"id\":3,\"name\":\"NA\"}");
  }

  @Test
  void anotherDelimiterMayBeGiven() throws Exception {
    assertThat(TABLE.csv(bytes("id\tname\n1\ta,b\n"), new CsvFormat('\t', Set.of(""))))
        .containsExactly("{\"id\":1,\"name\":\"a,b\"}");
    assertThatThrownBy(() -> new CsvFormat('"', Set.of("")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aWrongNumberOfFieldsNamesTheRow() {
    assertThat(RowsFixture.errorsOf(() -> TABLE.csv("id,name\n1,a\n2\n3,a,b\n4,d\n")))
        .containsExactly(
            "2/null/the row has 1 fields, the header has 2",
            "3/null/the row has 3 fields, the header has 2");
  }

  @Test
  void aHeaderThatIsWrongIsRefusedAsRowZero() {
    assertThat(RowsFixture.errorsOf(() -> TABLE.csv("")).get(0))
        .startsWith("0/null/the body has no header");
    assertThat(RowsFixture.errorsOf(() -> TABLE.csv("id,id\n1,1\n")))
        .containsExactly("0/id/the header names the column twice");
    assertThat(RowsFixture.errorsOf(() -> TABLE.csv("name\na\n")))
        .containsExactly("0/id/the column is required, but the header doesn't name it");
    assertThat(RowsFixture.errorsOf(() -> TABLE.csv("id,Name\n1,a\n")).get(0))
        .startsWith("0/Name/the table has no such column");
  }

  @Test
  void unknownColumnsAreIgnoredIfTheTableSaysSo() throws Exception {
    assertThat(TABLE.ignoringUnknown().csv("x,id,x2\n\"\",1,NA\n"))
        .containsExactly("{\"id\":1,\"name\":null}");
  }

  @Test
  void brokenQuotingEndsTheReading() {
    assertThat(RowsFixture.errorsOf(() -> TABLE.csv("id,name\n1,a\n2,\"open\n3,c\n")))
        .containsExactly("2/null/a quoted field is not closed before the end of the body");
    assertThat(RowsFixture.errorsOf(() -> TABLE.csv("id,name\n1,\"a\"b\n")).get(0))
        .startsWith("1/null/a delimiter or line break must follow the closing quote");
    assertThat(RowsFixture.errorsOf(() -> TABLE.csv("id,name\n1,a\"b\n")).get(0))
        .startsWith("1/null/a quote inside an unquoted field");
    assertThat(RowsFixture.errorsOf(() -> TABLE.csv("id,\"name\n1,a\n")).get(0))
        .startsWith("0/null/");
  }

  @Test
  void invalidUtf8IsRefusedWithItsRow() {
    for (String body :
        List.of("id,name\n1,a\n2,?\n", "id,name\n1,a\n?2,b\n", "id,name\n1,a\n2,\"?\"\n")) {
      byte[] bytes = bytes(body);
      bytes[body.indexOf('?')] = (byte) 0x80;

      assertThat(RowsFixture.errorsOf(() -> TABLE.csv(bytes, CsvFormat.DEFAULT)))
          .as(body)
          .containsExactly(
              "2/null/invalid UTF-8 at byte "
                  + body.indexOf('?')
                  + " of the body (from 0): send UTF-8");
    }
    byte[] header = bytes("id,na?e\n1,a\n");
    header[5] = (byte) 0x80;
    assertThat(RowsFixture.errorsOf(() -> TABLE.csv(header, CsvFormat.DEFAULT)))
        .containsExactly("0/null/invalid UTF-8 at byte 5 of the body (from 0): send UTF-8");
  }

  // Columns: type | field | value as JSON, or nothing if it is refused.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          boolean | TRUE | true
          boolean | False | false
          boolean | 1 |
          boolean | yes |
          int | 007 | 7
          int | +7 |
          int | ' 7' |
          int | 7.0 |
          int | ٣ |
          long | -9223372036854775808 | -9223372036854775808
          float | 1e3 | 1000.0
          float | .5 | 0.5
          float | 1e39 |
          double | NaN | "NaN"
          double | -Infinity | "-Infinity"
          double | inf |
          double | 0x1p3 |
          double | 1d |
          decimal(9, 2) | 12.30 | "12.30"
          decimal(9, 2) | 1 000 |
          date | 2013-01-01 | "2013-01-01"
          date | 01/02/2013 |
          time | 10:00:00 | "10:00:00"
          timestamp | 2013-01-01 10:00:00 | "2013-01-01T10:00:00"
          timestamptz | 2013-01-01T10:00:00Z | "2013-01-01T10:00:00Z"
          timestamptz | 2013-01-01T10:00:00 |
          uuid | 0f8fad5b-d9cb-469f-a165-70867728950e | "0f8fad5b-d9cb-469f-a165-70867728950e"
          fixed[3] | AAEC | "AAEC"
          binary | /+8= | "/+8="
          string | true | "true"
          """)
  void valuesFollowTheRules(String type, String field, String json) throws Exception {
    RowsFixture column = RowsFixture.column(Types.fromPrimitiveString(type));

    if (json == null) {
      assertThat(RowsFixture.errorsOf(() -> column.csv("v\n" + field + "\n")).get(0))
          .startsWith("1/v/");
    } else {
      assertThat(column.csv("v\n" + field + "\n")).containsExactly("{\"v\":" + json + "}");
    }
  }

  // Columns: type | field | value as JSON, or the start of an error.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          list<int> | [] | []
          list<int> | [1] | [1]
          list<int> | "[1,null]" | [1,null]
          list<int> | null | null
          struct<a: string> | "{""a"":""x,""}" | {"a":"x,"}
          map<int, list<string>> | "{""1"":[""x""]}" | {"1":["x"]}
          list<int> | "" | 2/v/expected JSON, got nothing
          list<int> | 5 | 2/v/expected an array, got the number 5
          list<int> | [1 | 2/v/not valid JSON:
          list<int> | x | 2/v/not valid JSON:
          list<int> | [1] x | 2/v/not valid JSON:
          list<int> | [1] [2] | 2/v/something follows the JSON value
          list<int> | "[1,""x""]" | 2/v[1]/expected an integer
          list<list<int>> | "[[1],[2,[]]]" | 2/v[1][1]/expected a value of type int
          """)
  void aNestedValueIsJson(String type, String field, String expected) throws Exception {
    RowsFixture table =
        RowsFixture.of(
            NestedField.optional(1, "id", Types.IntegerType.get()),
            NestedField.optional(2, "v", ArrowSchemas.parseType(type)));
    String body = "id,v\n1,\n2," + field + "\n3,\n";

    if (expected.startsWith("2/")) {
      assertThat(RowsFixture.errorsOf(() -> table.csv(body)).get(0)).startsWith(expected);
    } else {
      assertThat(table.csv(body))
          .containsExactly(
              "{\"id\":1,\"v\":null}",
              "{\"id\":2,\"v\":" + expected + "}",
              "{\"id\":3,\"v\":null}");
    }
  }

  @Test
  void aRequiredNestedColumnTakesNoNulls() {
    RowsFixture table =
        RowsFixture.of(NestedField.required(1, "v", ArrowSchemas.parseType("list<int>")));

    assertThat(RowsFixture.errorsOf(() -> table.csv("v\n[]\n\nnull\nx\n")))
        .hasSize(3)
        .allMatch(error -> error.contains("got null") || error.contains("not valid JSON"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
