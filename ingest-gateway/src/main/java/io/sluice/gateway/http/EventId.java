package io.sluice.gateway.http;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The id of a server-sent event: for each bucket the offset of the last row that was sent (-1 if
 * there is none before), so that {@code Last-Event-ID} resumes all of them. As text {@code
 * 0:123,1:456}, or {@code 123} alone for bucket 0.
 *
 * @param lastOffsets per bucket, ascending
 */
record EventId(SortedMap<Integer, Long> lastOffsets) {

  /**
   * Parses the text of an id.
   *
   * @throws IllegalArgumentException if it isn't one
   */
  static EventId parse(String text) {
    SortedMap<Integer, Long> offsets = new TreeMap<>();
    for (String part : text.strip().split(",", -1)) {
      int colon = part.indexOf(':');
      try {
        int bucket = colon < 0 ? 0 : Integer.parseInt(part.substring(0, colon));
        long offset = Long.parseLong(part.substring(colon + 1));
        if (bucket >= 0 && offset >= -1 && offsets.put(bucket, offset) == null) {
          continue;
        }
      } catch (NumberFormatException e) {
        // Refused below, like an id whose numbers make no sense.
      }
      throw new IllegalArgumentException(
          "Last-Event-ID must be an id of this stream, such as 0:123 or 0:123,1:456; got '"
              + text
              + "'");
    }
    return new EventId(offsets);
  }

  /** Returns the id as text. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<Integer, Long> bucket : lastOffsets.entrySet()) {
      text.append(text.isEmpty() ? "" : ",");
      text.append(bucket.getKey()).append(':').append(bucket.getValue());
    }
    return text.toString();
  }
}
