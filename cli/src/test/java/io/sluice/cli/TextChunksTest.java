package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TextChunksTest {

  @Test
  void eachCsvChunkBeginsWithTheHeader() throws IOException {
    assertThat(chunks("a,b\n1,2\n3,4\n5,6\n", TextChunks.Format.CSV, 2))
        .containsExactly("a,b\n1,2\n3,4\n", "a,b\n5,6\n");
  }

  @Test
  void rowsCountFromOneWithoutTheHeader() throws IOException {
    try (TextChunks chunks = open("a\n1\n2\n3\n", TextChunks.Format.CSV, 2)) {
      assertThat(chunks.next()).extracting(TextChunks.Chunk::firstRow).isEqualTo(1L);
      assertThat(chunks.next())
          .extracting(TextChunks.Chunk::firstRow, TextChunks.Chunk::rows)
          .containsExactly(3L, 1);
      assertThat(chunks.next()).isNull();
    }
  }

  @Test
  void lineBreakInsideQuotesDoesNotEndTheRow() throws IOException {
    assertThat(chunks("a\n\"x\n\"\"y\"\nz\n", TextChunks.Format.CSV, 1))
        .containsExactly("a\n\"x\n\"\"y\"\n", "a\nz\n");
  }

  @Test
  void quotesMeanNothingBetweenNdjsonRows() throws IOException {
    assertThat(chunks("{\"a\":\"\\\"\"}\n{}\n", TextChunks.Format.NDJSON, 1))
        .containsExactly("{\"a\":\"\\\"\"}\n", "{}\n");
  }

  @Test
  void lastRowNeedsNoLineEnd() throws IOException {
    assertThat(chunks("a\n1", TextChunks.Format.CSV, 10)).containsExactly("a\n1\n");
  }

  @Test
  void blankLinesAreNoRows() throws IOException {
    assertThat(chunks("a,b\n1,2\n\r\n\n", TextChunks.Format.CSV, 10)).containsExactly("a,b\n1,2\n");
    assertThat(chunks("{}\n \n\n{}", TextChunks.Format.NDJSON, 10)).containsExactly("{}\n{}\n");
  }

  @Test
  void aBlankLineIsARowWhereTheFileHasOneColumn() throws IOException {
    assertThat(chunks("a\n1\n\n\r\n2\n\n", TextChunks.Format.CSV, 3))
        .containsExactly("a\n1\n\n\r\n", "a\n2\n\n");
    assertThat(chunks("\"a,b\"\n\n1", TextChunks.Format.CSV, 10)).containsExactly("\"a,b\"\n\n1\n");
    assertThat(chunks("a,b\n1,2\n\n3,4\n", TextChunks.Format.CSV, 10))
        .containsExactly("a,b\n1,2\n3,4\n");
  }

  @Test
  void aQuoteWithinAnUnquotedFieldBelongsToItsRowAlone() throws IOException {
    assertThat(chunks("a,b\n5\" pipe,1\n6,2\n7\",3\n", TextChunks.Format.CSV, 1))
        .containsExactly("a,b\n5\" pipe,1\n", "a,b\n6,2\n", "a,b\n7\",3\n");
    assertThat(chunks("a,b\n\"x\"y\"\n1,2\n", TextChunks.Format.CSV, 1))
        .containsExactly("a,b\n\"x\"y\"\n", "a,b\n1,2\n");
  }

  @Test
  void quotesAreFoundAtTheBeginningOfAnyField() throws IOException {
    assertThat(chunks("a,b\n1,\"x\n,\"\"\n\"\n\"\",\"\n\"\r\n", TextChunks.Format.CSV, 1))
        .containsExactly("a,b\n1,\"x\n,\"\"\n\"\n", "a,b\n\"\",\"\n\"\r\n");
    assertThat(chunks("\ufeff\"a\nb\",c\n1,2\n", TextChunks.Format.CSV, 1))
        .containsExactly("\ufeff\"a\nb\",c\n1,2\n");
  }

  @Test
  void aRowThatNeverEndsIsRefusedAfterTheRowsBeforeIt() throws IOException {
    String text = "a,b\n1,2\n3,4\n\"5,6\n" + "7,8\n".repeat(300_000);
    try (TextChunks chunks =
        new TextChunks(
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
            TextChunks.Format.CSV,
            100,
            1 << 16,
            1 << 20)) {
      assertThat(chunks.next()).extracting(TextChunks.Chunk::rows).isEqualTo(2);
      assertThatThrownBy(chunks::next)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(
              "row 3, the first that is not stored, has more than 1 MiB: is a quote not closed?");
    }
  }

  @Test
  void fileWithAHeaderAloneHasNoChunk() throws IOException {
    assertThat(chunks("a,b\n", TextChunks.Format.CSV, 10)).isEmpty();
  }

  @Test
  @Timeout(20)
  @SuppressWarnings("try") // its end is what is tested
  void rowsOfAStreamThatPausesAreNotHeldBack() throws IOException {
    try (PipedOutputStream rows = new PipedOutputStream();
        TextChunks chunks =
            new TextChunks(
                new PipedInputStream(rows, 1 << 16), TextChunks.Format.CSV, 10, 1 << 20)) {
      chunks.live();
      rows.write("a,b\n1,2\n3,4\n\"5\n".getBytes(StandardCharsets.UTF_8));
      assertThat(text(chunks.next())).isEqualTo("a,b\n1,2\n3,4\n");
      rows.write("6\",7\n8,9".getBytes(StandardCharsets.UTF_8));
      assertThat(text(chunks.next())).isEqualTo("a,b\n\"5\n6\",7\n");
      rows.close();
      assertThat(text(chunks.next())).isEqualTo("a,b\n8,9\n");
      assertThat(chunks.next()).isNull();
    }
  }

  private static String text(TextChunks.@Nullable Chunk chunk) {
    return new String(Objects.requireNonNull(chunk).body(), StandardCharsets.UTF_8);
  }

  @Test
  void rowsLongerThanTheBufferStayWhole() throws IOException {
    String row = "x".repeat(200_000);
    assertThat(chunks("a\n" + row + "\n" + row, TextChunks.Format.CSV, 1))
        .containsExactly("a\n" + row + "\n", "a\n" + row + "\n");
  }

  @Test
  void chunkEndsAtTheRowThatReachesItsSize() throws IOException {
    List<String> got = new ArrayList<>();
    byte[] text = "{}\n{}\n{}\n".getBytes(StandardCharsets.UTF_8);
    try (TextChunks chunks =
        new TextChunks(new ByteArrayInputStream(text), TextChunks.Format.NDJSON, 100, 4)) {
      for (TextChunks.Chunk c = chunks.next(); c != null; c = chunks.next()) {
        got.add(new String(c.body(), StandardCharsets.UTF_8));
      }
    }
    assertThat(got).containsExactly("{}\n{}\n", "{}\n");
  }

  private static List<String> chunks(String text, TextChunks.Format format, int maxRows)
      throws IOException {
    List<String> all = new ArrayList<>();
    try (TextChunks chunks = open(text, format, maxRows)) {
      for (TextChunks.Chunk c = chunks.next(); c != null; c = chunks.next()) {
        all.add(new String(c.body(), StandardCharsets.UTF_8));
      }
    }
    return all;
  }

  private static TextChunks open(String text, TextChunks.Format format, int maxRows) {
    return new TextChunks(
        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), format, maxRows, 1 << 20);
  }
}
