package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends chunks of rows to one table, in order, each with an {@code Idempotency-Key} of its own: a
 * chunk whose answer was lost is sent again and stored once. Not thread-safe.
 */
final class RowSender {

  private static final long FIRST_PAUSE_MS = 50;
  private static final long LONGEST_PAUSE_MS = 2_000;

  private final GatewayHttp http;
  private final TableArgument table;
  private final String query;
  private final String contentType;
  private final Duration patience;
  private final String run = UUID.randomUUID().toString();
  private long deadLetters;

  /**
   * @param query what follows the path, with its question mark, or an empty string
   * @param patience how long a chunk is tried again while the gateway is away or busy
   */
  RowSender(
      GatewayHttp http, TableArgument table, String query, String contentType, Duration patience) {
    this.http = http;
    this.table = table;
    this.query = query;
    this.contentType = contentType;
    this.patience = patience;
  }

  /** Returns how many of the rows that were sent are dead letters: the table can't store them. */
  long deadLetters() {
    return deadLetters;
  }

  /**
   * Returns once the chunk's rows are durable.
   *
   * @throws CommandException if the gateway refused the rows (nothing of the chunk is stored) or
   *     was away for longer than the patience (the chunk may be stored); the message says which
   *     rows of the file are stored
   */
  void send(TextChunks.Chunk chunk) {
    Map<String, String> headers =
        Map.of("Content-Type", contentType, "Idempotency-Key", run + "-" + chunk.firstRow());
    long giveUpAt = System.nanoTime() + patience.toNanos();
    long pauseMs = FIRST_PAUSE_MS;
    boolean unknown = false;
    while (true) {
      String problem;
      IOException lost = null;
      try {
        GatewayHttp.Answer answer =
            http.send(
                "POST", GatewayHttp.tablePath(table) + "/rows" + query, chunk.body(), headers);
        if (answer.ok()) {
          deadLetters += answer.body().path("deadLetters").path("rows").asLong();
          return;
        }
        unknown |= answer.status() >= 500 || answer.status() == 408;
        if (!answer.retriable()) {
          throw new CommandException(refusal(answer, chunk) + stored(chunk, unknown));
        }
        problem = answer.message();
      } catch (IOException e) {
        lost = e;
        unknown = true;
        problem = String.valueOf(e.getMessage());
      }
      if (System.nanoTime() >= giveUpAt) {
        CommandException away =
            lost == null ? new CommandException(problem) : http.unreachable(lost);
        throw new CommandException(away.getMessage() + stored(chunk, unknown), away);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pauseMs));
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  /** Says which rows of the file were refused: the gateway counts rows within its request. */
  private String refusal(GatewayHttp.Answer answer, TextChunks.Chunk chunk) {
    StringBuilder text = new StringBuilder("the gateway refused rows of " + table + ": ");
    JsonNode rows = answer.body().path("error").path("rows");
    if (rows.isEmpty()) {
      return text.append(answer.message()).toString();
    }
    int shown = 0;
    for (JsonNode row : rows) {
      if (shown++ == 5) {
        text.append("\n  ... and ").append(rows.size() - 5).append(" more");
        break;
      }
      text.append("\n  row ").append(chunk.firstRow() - 1 + row.path("row").asLong());
      if (row.hasNonNull("column")) {
        text.append(", column ").append(row.path("column").asText());
      }
      text.append(": ").append(row.path("reason").asText());
    }
    return text.toString();
  }

  private static String stored(TextChunks.Chunk chunk, boolean unknown) {
    return StoredRows.line(chunk.firstRow() - 1, unknown ? chunk.rows() : 0);
  }
}
