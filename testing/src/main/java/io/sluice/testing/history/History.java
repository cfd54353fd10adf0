package io.sluice.testing.history;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What writers and readers saw. Writers number their rows per bucket, from 0, and send a batch
 * again until it is acknowledged. Thread-safe.
 */
public final class History {

  /** A writer's rows in one bucket. */
  public record Stream(int writer, int bucket) {}

  private final List<Ack> acks = Collections.synchronizedList(new ArrayList<>());
  private final Map<Stream, Long> sent = Collections.synchronizedMap(new HashMap<>());
  private final Map<String, List<Row>> seen = Collections.synchronizedMap(new HashMap<>());

  /** Returns the number of the next row of a stream, and notes that so many are sent. */
  public long send(int writer, int bucket, int rows) {
    return sent.merge(new Stream(writer, bucket), (long) rows, Long::sum) - rows;
  }

  /** Notes that a batch was acknowledged. */
  public void acknowledged(Ack ack) {
    acks.add(ack);
  }

  /** Notes a row that a reader was pushed, in the order of its calls. */
  public void saw(String reader, Row row) {
    seen.computeIfAbsent(reader, name -> Collections.synchronizedList(new ArrayList<>())).add(row);
  }

  /** Returns what was acknowledged. */
  public List<Ack> acks() {
    synchronized (acks) {
      return List.copyOf(acks);
    }
  }

  /** Returns how many batches were acknowledged. */
  public int ackCount() {
    return acks.size();
  }

  /** Returns how many rows of which stream were sent. */
  public Map<Stream, Long> sent() {
    synchronized (sent) {
      return Map.copyOf(sent);
    }
  }

  /** Returns the rows that each reader saw, in its order. */
  public Map<String, List<Row>> seen() {
    Map<String, List<Row>> copy = new HashMap<>();
    synchronized (seen) {
      seen.forEach(
          (reader, rows) -> {
            synchronized (rows) {
              copy.put(reader, List.copyOf(rows));
            }
          });
    }
    return copy;
  }
}
