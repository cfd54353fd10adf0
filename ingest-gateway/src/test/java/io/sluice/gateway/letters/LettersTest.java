package io.sluice.gateway.letters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.catalog.table.DeadLetters;
import io.sluice.gateway.csv.CsvFormat;
import io.sluice.gateway.csv.CsvRows;
import io.sluice.gateway.json.JsonRows;
import io.sluice.gateway.json.RowJson;
import io.sluice.gateway.rows.BadRowsException;
import io.sluice.gateway.rows.RowError;
import io.sluice.gateway.rows.RowsBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.Test;

class LettersTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant RECEIVED = Instant.parse("2026-11-25T08:00:00.123456Z");
  private static final long MOST_VALUE_BYTES = 100_000;
  private static final Schema TABLE =
      new Schema(
          NestedField.required(1, "id", Types.LongType.get()),
          NestedField.optional(2, "name", Types.StringType.get()),
          NestedField.optional(3, "flag", Types.BooleanType.get()));

  /** A parser of bodies. */
  private interface Parser {
    void read(byte[] body, RowsBuilder rows);
  }

  /** What became of a body. */
  private record Outcome(
      List<String> rows, List<JsonNode> letters, List<RowError> errors, List<RowError> moved) {

    List<String> contents() {
      return letters.stream().map(letter -> letter.get("content").asText()).toList();
    }
  }

  @Test
  void aLetterSaysWhatCameAndWhyItCouldNotBeStored() throws Exception {
    Outcome outcome = lines("{\"id\":1}\n\n {\"id\":\"x\",\"nope\":2} \r\n{\"id\":3}");

    assertThat(outcome.rows())
        .containsExactly(
            "{\"id\":1,\"name\":null,\"flag\":null}", "{\"id\":3,\"name\":null,\"flag\":null}");
    String reason =
        "expected an integer, got the string \"x\"; column 'nope': the table has no such column"
            + " (names are exact, capitals included)";
    assertThat(outcome.letters()).hasSize(1);
    assertThat(outcome.letters().get(0).properties())
        .extracting(property -> property.getKey() + "=" + property.getValue().asText())
        .containsExactly(
            "received_at=2026-11-25T08:00:00.123456Z",
            "content= {\"id\":\"x\",\"nope\":2} ",
            "content_bytes=21",
            "content_type=text/test",
            "request_row=2",
            "column_name=id",
            "reason=" + reason);
    assertThat(outcome.errors()).hasSize(2).allMatch(error -> error.row() == 2);
  }

  @Test
  void nothingOfABadRowStaysInTheRowAfterIt() throws Exception {
    assertThat(
            lines(
                    """
                    {"id":1,"name":"ä","flag":true,"x":1}
                    {"id":2}
                    {"id":3,"name":"long","x":1}
                    {"id":4,"name":"b"}
                    {"id":5,"name":"c","x":1}
                    """)
                .rows())
        .containsExactly(
            "{\"id\":2,\"name\":null,\"flag\":null}", "{\"id\":4,\"name\":\"b\",\"flag\":null}");
  }

  @Test
  void eachLineThatIsNoObjectIsALetter() throws Exception {
    Outcome outcome = lines("{\"id\":1}{\"id\":2}\n{\"id\":\n[1]\n{}\n{\"id\":6}");

    assertThat(outcome.rows()).hasSize(1);
    assertThat(outcome.contents()).containsExactly("{\"id\":1}{\"id\":2}", "{\"id\":", "[1]", "{}");
    assertThat(outcome.letters())
        .extracting(letter -> letter.get("request_row").asInt())
        .containsExactly(1, 2, 3, 4);
    assertThat(outcome.letters().get(1).has("column_name")).isFalse();
  }

  @Test
  void elementsOfAnArrayAreCutOutAsTheyCame() throws Exception {
    for (String mark : List.of("", "\ufeff")) {
      assertThat(
              read(
                      JsonRows::readDocument,
                      mark
                          + " [ {\"id\" : \"ä€😀\"} , {\"id\":2}, \"te\\\"xt\",12, [1,{\"a\":2}], null]")
                  .contents())
          .containsExactly("{\"id\" : \"ä€😀\"}", "\"te\\\"xt\"", "12", "[1,{\"a\":2}]", "null");
      assertThat(read(JsonRows::readDocument, mark + " {\"id\":null} ").contents())
          .containsExactly("{\"id\":null}");
    }
  }

  @Test
  void recordsOfCsvAreCutOutAsTheyCameAndKeepTheirHeader() throws Exception {
    for (String mark : List.of("", "\ufeff")) {
      Outcome outcome =
          read(
              CSV,
              mark
                  + "id,\"name\",flag\r\n1,a,true\n\nx,\"ä€😀\r\n\"\"b\",\r\n3,c\n4,d,true\ny,e\r,");

      assertThat(outcome.rows()).hasSize(2);
      assertThat(outcome.contents()).containsExactly("x,\"ä€😀\r\n\"\"b\",", "3,c", "y,e\r,");
      assertThat(outcome.letters())
          .allMatch(letter -> letter.get("csv_header").asText().equals("id,\"name\",flag"))
          .extracting(letter -> letter.get("request_row").asInt())
          .containsExactly(2, 3, 5);
    }
  }

  @Test
  void aBodyWhoseRowsCantBeToldApartIsRefused() {
    for (String body : List.of("[{\"id\":\"x\"},", "[{\"id\":\"x\"}]]", "", "3")) {
      assertRefused(JsonRows::readDocument, body.getBytes(StandardCharsets.UTF_8));
    }
    for (String body : List.of("", "id,id\n", "Id\n", "name\n", "id\nx\n\"open")) {
      assertRefused(CSV, body.getBytes(StandardCharsets.UTF_8));
    }
    byte[] lines = "{\"id\":\"x\"}\n{\"id\":\"?\"}\n{\"id\":3}".getBytes(StandardCharsets.UTF_8);
    lines[18] = (byte) 0xff;
    assertRefused(JsonRows::readLines, lines);
  }

  @Test
  void aHugeRowIsCutBetweenItsCharacters() throws Exception {
    String row = "{\"id\":\"" + "€".repeat(Letters.MOST_CONTENT_BYTES / 3) + "\"}";
    Outcome outcome = lines(row);

    JsonNode letter = outcome.letters().get(0);
    String content = letter.get("content").asText();
    assertThat(row).startsWith(content);
    assertThat(content.getBytes(StandardCharsets.UTF_8).length)
        .isBetween(Letters.MOST_CONTENT_BYTES - 2, Letters.MOST_CONTENT_BYTES);
    assertThat(letter.get("content_bytes").asInt())
        .isEqualTo(row.getBytes(StandardCharsets.UTF_8).length);
  }

  @Test
  void aRowTooLargeForTheLogIsALetter() throws Exception {
    int most = (int) MOST_VALUE_BYTES - 16;
    Outcome outcome =
        lines(
            "{\"id\":1,\"name\":\"%s\"}\n{\"id\":2,\"name\":\"%s\"}\n{\"id\":3,\"name\":\"%s\"}"
                .formatted("x".repeat(most), "x".repeat(most + 1), "\\u0078".repeat(most)));

    assertThat(outcome.rows()).hasSize(2);
    assertThat(outcome.letters().get(0).get("reason").asText())
        .isEqualTo("its values take 100001 bytes, those of a row may take 100000");
  }

  @Test
  void manyReasonsAreCounted() throws Exception {
    StringBuilder row = new StringBuilder("{\"id\":1");
    for (int i = 0; i < 12; i++) {
      row.append(",\"x").append(i).append("\":0");
    }

    assertThat(lines(row + "}").letters().get(0).get("reason").asText())
        .contains("; column 'x9': the table")
        .doesNotContain("x10")
        .endsWith("; and 2 more");
  }

  @Test
  void placesAmongTheGoodRowsAreTurnedIntoPlacesInTheRequest() throws Exception {
    assertThat(lines("{}\n{\"id\":1}\n{}\n{}\n{\"id\":2}\n{}").moved())
        .extracting(RowError::row)
        .containsExactly(2L, 5L);
  }

  private static final Parser CSV = (body, rows) -> CsvRows.read(body, CsvFormat.DEFAULT, rows);

  private static void assertRefused(Parser parser, byte[] body) {
    assertThatThrownBy(() -> read(parser, body))
        .as(new String(body, StandardCharsets.UTF_8))
        .isInstanceOfSatisfying(
            BadRowsException.class,
            e -> assertThat(e.errors()).noneMatch(error -> error.reason().contains("an integer")));
  }

  private static Outcome lines(String body) throws Exception {
    return read(JsonRows::readLines, body);
  }

  private static Outcome read(Parser parser, String body) throws Exception {
    return read(parser, body.getBytes(StandardCharsets.UTF_8));
  }

  private static Outcome read(Parser parser, byte[] body) throws Exception {
    try (BufferAllocator allocator = new RootAllocator(64L << 20);
        Letters letters = new Letters(body, "text/test", RECEIVED, allocator);
        RowsBuilder builder =
            new RowsBuilder(TABLE, true, allocator).settingAside(letters, MOST_VALUE_BYTES)) {
      parser.read(body, builder);
      try (VectorSchemaRoot rows = builder.finish()) {
        List<RowError> errors = new ArrayList<>();
        for (int row = 1; row <= rows.getRowCount(); row++) {
          errors.add(new RowError(row, null, "r"));
        }
        List<JsonNode> read = new ArrayList<>();
        for (String letter : json(DeadLetters.COLUMNS, letters.rows())) {
          JsonNode node = JSON.readTree(letter);
          node.properties().removeIf(property -> property.getValue().isNull());
          read.add(node);
        }
        return new Outcome(
            json(TABLE, rows), read, letters.firstErrors(), letters.inRequest(errors));
      }
    }
  }

  private static List<String> json(Schema schema, VectorSchemaRoot root) {
    RowJson json = new RowJson(schema, root);
    List<String> lines = new ArrayList<>();
    for (int row = 0; row < root.getRowCount(); row++) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      json.write(out, row, 0, row, 0);
      String line = out.toString(StandardCharsets.UTF_8);
      lines.add(line.substring(0, line.indexOf(",\"_bucket\"")) + "}");
    }
    return lines;
  }
}
