package io.sluice.bench.measure;

/** Is told what became of the rows that were sent. Thread-safe. */
public interface Acks {

  /** A row is durable. */
  void acked(long id);

  /** So are the first {@code count} of these. */
  default void acked(long[] ids, int count) {
    for (int i = 0; i < count; i++) {
      acked(ids[i]);
    }
  }

  /** A row was not stored, or nobody knows. */
  void failed(Throwable why);
}
