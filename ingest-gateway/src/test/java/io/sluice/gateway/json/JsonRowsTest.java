package io.sluice.gateway.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.rows.RowsFixture;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;

class JsonRowsTest {

  private static final RowsFixture TABLE =
      RowsFixture.of(
          NestedField.required(1, "id", Types.LongType.get()),
          NestedField.optional(2, "name", Types.StringType.get()));

  @Test
  void linesAreRowsWhateverTheOrderOfTheirColumns() throws Exception {
    assertThat(
            TABLE.lines("{\"id\":1,\"name\":\"a\"}\r\n\n  \n{\"name\":null,\"id\":2}\n{\"id\":3}"))
        .containsExactly(
            "{\"id\":1,\"name\":\"a\"}", "{\"id\":2,\"name\":null}", "{\"id\":3,\"name\":null}");
  }

  @Test
  void anEmptyBodyOfLinesHasNoRows() throws Exception {
    assertThat(TABLE.lines("")).isEmpty();
    assertThat(TABLE.document("[]")).isEmpty();
  }

  @Test
  void aByteOrderMarkIsSkipped() throws Exception {
    assertThat(TABLE.lines("\ufeff{\"id\":1}")).hasSize(1);
    assertThat(TABLE.document("\ufeff[{\"id\":1}]")).hasSize(1);
  }

  @Test
  void aDocumentIsAnArrayOfObjectsOrOneObject() throws Exception {
    assertThat(TABLE.document("[{\"id\":1}, {\"id\":2}]")).hasSize(2);
    assertThat(TABLE.document(" {\"id\":1} ")).hasSize(1);
  }

  @Test
  void eachBadRowIsNamedWithItsColumnAndReason() {
    assertThat(
            RowsFixture.errorsOf(
                () ->
                    TABLE.lines(
                        "{\"id\":1}\n{\"id\":\"x\",\"name\":5}\nnonsense\n{\"name\":\"a\"}\n{\"id\":null}")))
        .satisfiesExactly(
            e -> assertThat(e).isEqualTo("2/id/expected an integer, got the string \"x\""),
            e -> assertThat(e).isEqualTo("2/name/expected a string, got the number 5"),
            e -> assertThat(e).startsWith("3/null/not valid JSON: "),
            e -> assertThat(e).isEqualTo("4/id/the column is required, but missing"),
            e -> assertThat(e).isEqualTo("5/id/the column is required, got null"));
  }

  @Test
  void atMostAHundredErrorsAreListed() {
    assertThat(RowsFixture.errorsOf(() -> TABLE.lines("{}\n".repeat(5_000)))).hasSize(100);
    assertThat(RowsFixture.errorsOf(() -> TABLE.document("[" + "{},".repeat(5_000) + "{}]")))
        .hasSize(100);
  }

  @Test
  void aColumnNamedTwiceIsRefused() {
    assertThat(RowsFixture.errorsOf(() -> TABLE.lines("{\"id\":1,\"id\":1}")))
        .containsExactly("1/id/the column is named twice in the row");
    assertThat(RowsFixture.errorsOf(() -> TABLE.lines("{\"id\":1,\"name\":null,\"name\":\"a\"}")))
        .containsExactly("1/name/the column is named twice in the row");
  }

  @Test
  void anUnknownColumnIsRefusedOrIgnoredAsTheTableSays() throws Exception {
    String body = "{\"id\":1,\"ID\":{\"deep\":[1]}}";

    assertThat(RowsFixture.errorsOf(() -> TABLE.lines(body)))
        .containsExactly("1/ID/the table has no such column (names are exact, capitals included)");
    assertThat(TABLE.ignoringUnknown().lines(body)).containsExactly("{\"id\":1,\"name\":null}");
  }

  @Test
  void aSystemColumnIsRefused() {
    assertThat(RowsFixture.errorsOf(() -> TABLE.lines("{\"id\":1,\"_offset\":7}")))
        .containsExactly("1/_offset/the column is a system column that Sluice fills: leave it out");
  }

  @Test
  void invalidUtf8IsRefusedAndNeverReplaced() {
    byte[] lines = "{\"id\":1}\n{\"id\":2,\"name\":\"?\"}\n".getBytes(StandardCharsets.UTF_8);
    lines[new String(lines, StandardCharsets.UTF_8).indexOf('?')] = (byte) 0xff;
    byte[] array = "[{\"id\":1},{\"id\":2,\"name\":\"?\"}]".getBytes(StandardCharsets.UTF_8);
    array[new String(array, StandardCharsets.UTF_8).indexOf('?')] = (byte) 0xc0;

    assertThat(RowsFixture.errorsOf(() -> TABLE.lines(lines)))
        .containsExactly("2/null/invalid UTF-8 at byte 25 of the body (from 0): send UTF-8");
    assertThat(RowsFixture.errorsOf(() -> TABLE.document(array)))
        .containsExactly("2/null/invalid UTF-8 at byte 26 of the body (from 0): send UTF-8");
  }

  @Test
  void utf16IsRefused() {
    assertThat(
            RowsFixture.errorsOf(
                () -> TABLE.document("[{\"id\":1}]".getBytes(StandardCharsets.UTF_16LE))))
        .hasSize(1);
  }

  @Test
  void aTruncatedDocumentIsRefused() {
    for (String body : List.of("[{\"id\":1}", "[{\"id\":1},", "[{\"id\":", "{\"id\":1", "[")) {
      assertThat(RowsFixture.errorsOf(() -> TABLE.document(body))).as(body).hasSize(1);
    }
  }

  @Test
  void whatIsNoRowIsRefused() {
    assertThat(RowsFixture.errorsOf(() -> TABLE.document("")).get(0)).contains("body is empty");
    assertThat(RowsFixture.errorsOf(() -> TABLE.document("3")).get(0))
        .contains("must be an array of objects");
    assertThat(RowsFixture.errorsOf(() -> TABLE.document("[{\"id\":1},[1,[2]],null]")))
        .containsExactly(
            "2/null/a row must be an object {\"column\": value, ...}, got an array",
            "3/null/a row must be an object {\"column\": value, ...}, got null");
    assertThat(RowsFixture.errorsOf(() -> TABLE.lines("{\"id\":1}{\"id\":2}")).get(0))
        .contains("put one object on each line");
    assertThat(RowsFixture.errorsOf(() -> TABLE.lines("{\"id\":1} x")).get(0))
        .contains("put one object on each line");
    assertThat(RowsFixture.errorsOf(() -> TABLE.document("{\"id\":1}\n{\"id\":2}")).get(0))
        .contains("application/x-ndjson");
  }

  @Test
  void deepNestingAndHugeNumbersAreBounded() {
    String deep = "{\"x\":" + "[".repeat(100_000) + "}";
    String huge = "{\"id\":" + "9".repeat(100_000) + "}";

    assertThat(RowsFixture.errorsOf(() -> TABLE.ignoringUnknown().lines(deep)).get(0))
        .contains("nesting depth");
    assertThat(RowsFixture.errorsOf(() -> TABLE.lines(huge)).get(0))
        .contains("Number value length");
  }
}
