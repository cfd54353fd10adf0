package io.sluice.gateway.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.rows.RowError;
import io.vertx.core.http.HttpServerResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the answers of the HTTP API; errors all have one shape. */
final class Answers {

  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Answers with JSON. */
  static void json(HttpServerResponse response, int status, Object body) {
    if (response.ended() || response.closed()) {
      return;
    }
    try {
      send(response, status, MAPPER.writeValueAsString(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer could not be written as JSON", e);
    }
  }

  /** Answers with what went wrong. */
  static void failure(HttpServerResponse response, Throwable failure) {
    Problem problem = Problem.of(failure);
    if (problem.internal()) {
      LOG.error("a request failed", failure);
    }
    problem(response, problem);
  }

  /** Answers with a problem. */
  static void problem(HttpServerResponse response, Problem problem) {
    if (response.ended() || response.closed() || response.headWritten()) {
      return;
    }
    int status = problem.httpStatus();
    boolean later = status == 429 || status == 503;
    if (later && !response.headers().contains("Retry-After")) {
      response.putHeader("Retry-After", "1");
    }
    send(response, status, "{\"error\":" + errorJson(problem) + "}");
  }

  /** Returns the object that {@code "error"} names. */
  static String errorJson(Problem problem) {
    ObjectNode error = JsonNodeFactory.instance.objectNode();
    error.put("code", problem.code());
    error.put("message", problem.message());
    if (!problem.rows().isEmpty()) {
      ArrayNode rows = error.putArray("rows");
      for (RowError row : problem.rows()) {
        rows.addObject()
            .put("row", row.row())
            .put("column", row.column())
            .put("reason", row.reason());
      }
    }
    return error.toString();
  }

  private static void send(HttpServerResponse response, int status, String json) {
    response
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-store")
        .end(json + "\n");
  }

  private Answers() {}
}
