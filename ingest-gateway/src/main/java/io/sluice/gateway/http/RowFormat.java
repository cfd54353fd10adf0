package io.sluice.gateway.http;

import io.sluice.gateway.json.RowJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How rows are sent: NDJSON or server-sent events. */
enum RowFormat {
  /** One JSON object a line. */
  NDJSON("application/x-ndjson"),
  /** One event a row, with an id from which the stream can be resumed. */
  SSE("text/event-stream");

  private final String mediaType;

  RowFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  String mediaType() {
    return mediaType;
  }

  /**
   * Returns the format for an Accept header, or null if it accepts none. NDJSON if it takes both.
   */
  static @Nullable RowFormat accepted(@Nullable String accept) {
    if (accept == null || accept.isBlank()) {
      return NDJSON;
    }
    boolean events = false;
    for (String range : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
      String type = range.split(";", -1)[0].strip();
      switch (type) {
        case "*/*", "application/*", "application/x-ndjson", "application/ndjson" -> {
          return events ? SSE : NDJSON;
        }
        case "text/event-stream", "text/*" -> events = true;
        default -> {}
      }
    }
    return events ? SSE : null;
  }

  /** Writes one row. */
  void write(ByteArrayOutputStream out, RowJson json, RowPlace place, EventId id) {
    if (this == SSE) {
      print(out, "id: " + id.text() + "\ndata: ");
    }
    json.write(out, place.row(), place.bucket(), place.offset(), place.timeMicros());
    print(out, this == SSE ? "\n\n" : "\n");
  }

  /**
   * Returns what to send at the start: the client sees that it is connected, and resumes there if
   * it is cut off before its first row.
   */
  String opening(EventId from) {
    return this == SSE ? "retry: 1000\nid: " + from.text() + "\n\n" : "";
  }

  /** Returns what to send when there was nothing else for a while; may be empty. */
  String heartbeat() {
    return this == SSE ? ":\n\n" : "";
  }

  /** Returns what to send as the last thing of a stream that fails. */
  String failure(String errorJson) {
    return this == SSE
        ? "event: error\ndata: " + errorJson + "\n\n"
        : "{\"_error\":" + errorJson + "}\n";
  }

  private static void print(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    out.write(bytes, 0, bytes.length);
  }

  /** Where a row is: in the batch being written, and in the log. */
  record RowPlace(int row, int bucket, long offset, long timeMicros) {}
}
