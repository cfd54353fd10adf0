package io.sluice.bench.measure;

/** Sends rows with a producer, as many as it takes or at a rate. For one thread. */
final class Sender {

  private static final int LOOKS_AT_CLOCK = 16;

  private final RowProducer producer;
  private final CountingAcks acks;
  private long sent;

  Sender(RowProducer producer, CountingAcks acks) {
    this.producer = producer;
    this.acks = acks;
  }

  /** Returns how many rows were sent so far. */
  long sent() {
    return sent;
  }

  /**
   * Sends as many rows as the producer takes, and waits until they are acknowledged.
   *
   * @return how many
   */
  long sendFor(double seconds) throws Exception {
    long before = sent;
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (System.nanoTime() < end) {
      acks.requireNoFailure();
      for (int i = 0; i < LOOKS_AT_CLOCK; i++) {
        send(sent);
      }
    }
    flush();
    return sent - before;
  }

  /** Sends some rows as fast as the producer takes them, and waits for their acknowledgement. */
  void sendRows(long rows) throws Exception {
    for (long i = 0; i < rows; i++) {
      send(sent);
    }
    flush();
  }

  /** Sends rows that are due at a pace, each with that moment as its id, and waits for all. */
  void sendAtPace(Pace pace, long rows) throws Exception {
    for (long i = 0; i < rows; i++) {
      long due = pace.due(i);
      if (System.nanoTime() < due) {
        producer.caughtUp();
        Pace.await(due);
      }
      send(due);
    }
    flush();
  }

  private void send(long id) throws Exception {
    producer.send((int) (sent++ % RowShape.ROWS), id);
  }

  private void flush() throws Exception {
    producer.caughtUp();
    producer.flush();
    acks.await(sent);
  }
}
