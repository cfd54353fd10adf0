package io.sluice.cli.chaos;

import io.sluice.client.Appended;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import io.sluice.testing.history.Ack;
import io.sluice.testing.history.History;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Appends to one bucket by the Java client, several batches at a time. */
final class FlightLoad extends Load {

  private static final int IN_FLIGHT = 6;
  private static final long LIMIT_SECONDS = 150;
  private static final int WIDE_ONE_IN = 15;

  private final SluiceClient client;
  private final History history;
  private final int writer;
  private final int bucket;
  private final Random random;

  FlightLoad(SluiceClient client, History history, int writer, int bucket, long seed) {
    super("flight-" + writer);
    this.client = client;
    this.history = history;
    this.writer = writer;
    this.bucket = bucket;
    this.random = new Random(seed + writer);
  }

  private record Sent(long n, int rows, CompletableFuture<List<Appended>> answer) {}

  @Override
  void run() throws Exception {
    Deque<Sent> sent = new ArrayDeque<>();
    WriterSettings settings = WriterSettings.create().withBucket(bucket);
    try (TableWriter appender = client.writer(ChaosTable.NAME, settings)) {
      while (!isStopping()) {
        sent.add(append(appender));
        if (sent.size() == IN_FLIGHT) {
          await(sent.poll());
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2 + random.nextInt(5)));
      }
      for (Sent one : sent) {
        await(one);
      }
    }
  }

  private Sent append(TableWriter appender) throws Exception {
    int count = 1 + random.nextInt(20);
    long n = history.send(writer, bucket, count);
    boolean wide = random.nextInt(WIDE_ONE_IN) == 0;
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(ChaosTable.row(writer, n + i, wide));
    }
    return new Sent(n, count, appender.append(rows));
  }

  private void await(Sent one) throws Exception {
    List<Appended> answer = one.answer().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    history.acknowledged(new Ack(writer, bucket, one.n(), one.rows(), answer.get(0).offset()));
  }
}
