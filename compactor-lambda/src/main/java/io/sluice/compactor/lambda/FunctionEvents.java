package io.sluice.compactor.lambda;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What Lambda hands to the function and takes from it, as JSON. */
final class FunctionEvents {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads an event.
   *
   * @param input its JSON, which isn't closed
   * @return a queue's messages; nothing for an event without {@code Records}, as schedules send
   * @throws IllegalArgumentException if it is no object, or has records that aren't a queue's
   * @throws IOException if the input can't be read
   */
  static Optional<Messages> read(InputStream input) throws IOException {
    JsonNode event;
    try {
      event = JSON.readTree(input.readAllBytes());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the event isn't JSON: " + e.getOriginalMessage(), e);
    }
    if (!event.isObject()) {
      throw new IllegalArgumentException("the event is " + event.getNodeType() + ", not an object");
    }
    JsonNode records = event.path("Records");
    if (records.isMissingNode() || records.isNull()) {
      return Optional.empty();
    }
    if (!records.isArray()) {
      throw new IllegalArgumentException("Records is " + records.getNodeType() + ", not an array");
    }
    List<Messages.Message> messages = new ArrayList<>();
    for (JsonNode record : records) {
      messages.add(message(record));
    }
    return Optional.of(Messages.of(messages));
  }

  /** Without an id a message can't be answered as failed, and would be taken for done. */
  private static Messages.Message message(JsonNode record) {
    JsonNode id = record.path("messageId");
    if (!id.isTextual() || id.textValue().isEmpty()) {
      String source = record.path("eventSource").asText(record.path("EventSource").asText("?"));
      throw new IllegalArgumentException(
          "a record of " + source + " has no messageId: map a queue of SQS to the function");
    }
    return new Messages.Message(id.textValue(), record.path("body").asText(""));
  }

  /**
   * Writes the answer.
   *
   * @param failed ids of the messages that are to come again
   * @param output isn't closed
   */
  static void answer(List<String> failed, OutputStream output) throws IOException {
    JsonGenerator answer = JSON.getFactory().createGenerator(output, JsonEncoding.UTF8);
    answer.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    try (answer) {
      answer.writeStartObject();
      answer.writeArrayFieldStart("batchItemFailures");
      for (String id : failed) {
        answer.writeStartObject();
        answer.writeStringField("itemIdentifier", id);
        answer.writeEndObject();
      }
      answer.writeEndArray();
      answer.writeEndObject();
    }
  }

  private FunctionEvents() {}
}
