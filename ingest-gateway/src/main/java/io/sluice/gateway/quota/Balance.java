package io.sluice.gateway.quota;

/**
 * What may be taken of something that comes at a steady rate and is kept for a second. As long as
 * one of it is left, any amount may be taken: more than is left is owed, and comes in before
 * anything is taken again. So a batch larger than a second's worth isn't held up for ever, and over
 * time no more is taken than comes.
 *
 * @param perSecond how much comes in a second, at least 1
 * @param paidNanos when all that was taken has come in, by a clock that never goes back
 */
record Balance(long perSecond, long paidNanos) {

  private static final long SECOND = 1_000_000_000;

  // Keeps sums of times from overflowing; nobody waits for it.
  private static final double MOST_NANOS_AT_ONCE = 365.0 * 86_400 * 1e9;

  /** Returns a second's worth. */
  static Balance full(long perSecond, long nowNanos) {
    return new Balance(perSecond, nowNanos - SECOND);
  }

  /** Returns what is left once {@code amount} was taken. */
  Balance minus(long amount, long nowNanos) {
    long first = nowNanos - SECOND;
    long from = paidNanos - first > 0 ? paidNanos : first;
    return new Balance(perSecond, from + nanos(amount));
  }

  /** Returns how long it takes until something may be taken; 0 if it may be now. */
  long waitNanos(long nowNanos) {
    return Math.max(0, paidNanos + nanos(1) - nowNanos);
  }

  private long nanos(long amount) {
    double nanos = (double) amount / (double) perSecond * (double) SECOND;
    return (long) Math.min(Math.ceil(nanos), MOST_NANOS_AT_ONCE);
  }
}
