package io.sluice.compactor.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.compaction.Announcement;
import io.sluice.catalog.table.TableName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionEventsTest {

  private static final TableName TABLE = new TableName("db", "t");

  /** As SQS's mapping sends it. */
  private static final String FROM_QUEUE =
      """
      {"Records": [{"messageId": "059f36b4", "receiptHandle": "AQEB", "body": %s,
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1545082649183"},
        "messageAttributes": {}, "md5OfBody": "e4e6", "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-2:1:q", "awsRegion": "us-east-2"}]}""";

  @Test
  void aQueuesMessagesAreRead() throws Exception {
    String body = "\"" + new Announcement(TABLE).encode().replace("\"", "\\\"") + "\"";

    Messages messages = read(FROM_QUEUE.formatted(body)).orElseThrow();

    assertThat(messages.byTable()).containsOnly(java.util.Map.entry(TABLE, List.of("059f36b4")));
    assertThat(messages.unread()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "7", "{\"version\":1}", "\"\""})
  void aBodyThatIsNoTextIsAMessageThatCannotBeRead(String body) throws Exception {
    assertThat(read(FROM_QUEUE.formatted(body)).orElseThrow().unread()).containsKey("059f36b4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"Records\":null}",
        "{\"version\":\"0\",\"detail-type\":\"Scheduled Event\",\"source\":\"aws.scheduler\",\"detail\":\"{}\"}"
      })
  void anEventWithoutRecordsIsASchedules(String event) throws Exception {
    assertThat(read(event)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{\"Records\": [|isn't JSON",
        "[]|not an object",
        "\"text\"|not an object",
        "{\"Records\":{}}|not an array",
        "{\"Records\":[7]}|no messageId",
        "{\"Records\":[{\"messageId\":7,\"body\":\"\"}]}|no messageId",
        "{\"Records\":[{\"eventSource\":\"aws:s3\",\"s3\":{}}]}|aws:s3",
        "{\"Records\":[{\"EventSource\":\"aws:sns\",\"Sns\":{}}]}|aws:sns",
      })
  void whatIsNeitherIsRefused(String event, String why) {
    assertThatThrownBy(() -> read(event))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  @Test
  void nothingIsRefusedToo() {
    assertThatThrownBy(() -> read("")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theAnswerNamesWhatIsToComeAgain() throws Exception {
    assertThat(answer()).isEqualTo("{\"batchItemFailures\":[]}");
    assertThat(answer("a", "b"))
        .isEqualTo(
            "{\"batchItemFailures\":[{\"itemIdentifier\":\"a\"},{\"itemIdentifier\":\"b\"}]}");
  }

  private static Optional<Messages> read(String event) throws IOException {
    return FunctionEvents.read(new ByteArrayInputStream(event.getBytes(UTF_8)));
  }

  private static String answer(String... failed) throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    FunctionEvents.answer(List.of(failed), output);
    return output.toString(UTF_8);
  }
}
