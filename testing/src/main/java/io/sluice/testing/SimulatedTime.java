package io.sluice.testing;

import io.sluice.log.append.LogTime;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A clock, alarms and an executor for one thread, under the control of a test: time passes only
 * while there is nothing to do, and what is due at the same time is done in random order. The same
 * seed gives the same run.
 */
public final class SimulatedTime implements LogTime, Executor {

  private record Event(long atMicros, int order, long number, Runnable task) {}

  private final Random random;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          Comparator.comparingLong(Event::atMicros)
              .thenComparingInt(Event::order)
              .thenComparingLong(Event::number));
  private long nowMicros;
  private long clockErrorMicros;
  private long eventsMade;
  private long trace;

  /** Begins in the year 2023. */
  public SimulatedTime(Random random) {
    this.random = random;
    this.nowMicros = 1_700_000_000_000_000L;
  }

  @Override
  public long nowMicros() {
    return nowMicros + clockErrorMicros;
  }

  /** Sets the clock wrong by so many microseconds from now on; alarms aren't affected. */
  public void misset(long micros) {
    clockErrorMicros = micros;
  }

  @Override
  public Alarm after(Duration delay, Runnable task) {
    Event event = at(nowMicros + TimeUnit.NANOSECONDS.toMicros(delay.toNanos()), task);
    return () -> events.remove(event);
  }

  @Override
  public void execute(Runnable task) {
    at(nowMicros, task);
  }

  private Event at(long micros, Runnable task) {
    Event event = new Event(micros, random.nextInt(), eventsMade++, task);
    events.add(event);
    return event;
  }

  /** Does what there is to do for so long. */
  public void run(Duration duration) {
    long end = nowMicros + TimeUnit.NANOSECONDS.toMicros(duration.toNanos());
    while (!events.isEmpty() && events.peek().atMicros() <= end) {
      step();
    }
    nowMicros = end;
  }

  /**
   * Does what there is to do until a condition holds.
   *
   * @throws AssertionError if it doesn't within {@code limit}, or there is nothing left to do
   */
  public void runUntil(Supplier<String> what, BooleanSupplier condition, Duration limit) {
    long end = nowMicros + TimeUnit.NANOSECONDS.toMicros(limit.toNanos());
    while (!condition.getAsBoolean()) {
      if (events.isEmpty() || events.peek().atMicros() > end) {
        throw new AssertionError("not within " + limit + ": " + what.get());
      }
      step();
    }
  }

  /** Returns a digest of what was done when, and in which order. */
  public long trace() {
    return trace;
  }

  private void step() {
    Event event = events.poll();
    if (event != null) {
      nowMicros = Math.max(nowMicros, event.atMicros());
      trace = (trace * 31 + event.number()) * 31 + nowMicros;
      event.task().run();
    }
  }
}
