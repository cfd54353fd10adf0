package io.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.frame.WriterSequence;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RequestPartsTest {

  @Test
  void anEventIdIsReadAsItIsWritten() {
    for (String id : List.of("0:7", "0:7,3:9", "2:-1,10:9223372036854775807")) {
      assertThat(EventId.parse(id).text()).isEqualTo(id);
    }
    assertThat(EventId.parse("7").text()).isEqualTo("0:7");
    for (String id : List.of("", "x", "0:", ":1", "0:-2", "0:1,0:2", "-1:0", "0:1,", "0:1:2")) {
      assertThatThrownBy(() -> EventId.parse(id))
          .as(id)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Last-Event-ID");
    }
  }

  @Test
  void theFormatFollowsTheAcceptHeader() {
    assertThat(RowFormat.accepted(null)).isEqualTo(RowFormat.NDJSON);
    assertThat(RowFormat.accepted("*/*")).isEqualTo(RowFormat.NDJSON);
    assertThat(RowFormat.accepted("text/html, */*;q=0.8")).isEqualTo(RowFormat.NDJSON);
    assertThat(RowFormat.accepted("Application/X-NDJSON")).isEqualTo(RowFormat.NDJSON);
    assertThat(RowFormat.accepted("text/event-stream")).isEqualTo(RowFormat.SSE);
    assertThat(RowFormat.accepted("text/event-stream, */*")).isEqualTo(RowFormat.SSE);
    assertThat(RowFormat.accepted("text/html")).isNull();
  }

  @Test
  void aKeyNamesOneWriterForEachTableAndPrincipal() {
    UUID table = new UUID(1, 2);
    WriterSequence writer = IdempotencyKey.writer(table, "", "k");

    assertThat(writer.sequence()).isZero();
    assertThat(IdempotencyKey.writer(table, "", "k")).isEqualTo(writer);
    assertThat(IdempotencyKey.writer(table, "", "l")).isNotEqualTo(writer);
    assertThat(IdempotencyKey.writer(new UUID(1, 3), "", "k")).isNotEqualTo(writer);
    assertThat(IdempotencyKey.writer(table, "p", "k")).isNotEqualTo(writer);
    assertThat(IdempotencyKey.writer(table, "pk", "k"))
        .isNotEqualTo(IdempotencyKey.writer(table, "p", "kk"));
  }
}
