package io.sluice.gateway.flight;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When to tell a client, in a long pause, that nothing is wrong: one that hears nothing takes its
 * gateway for dead. Only clients that ask get signs of life, as others would take them for answers.
 * Times are of {@link System#nanoTime}.
 */
final class LifeSigns {

  /** How often the client wants one, in milliseconds. */
  static final String HEADER = "sluice-life-sign-ms";

  private static final long LEAST_MS = 100;
  private static final long MOST_MS = TimeUnit.HOURS.toMillis(1);

  private final long everyMs;
  private boolean pausing;
  private long lastNanos;

  private LifeSigns(long everyMs) {
    this.everyMs = everyMs;
  }

  /** Returns those that a header's value asks for; none if there is no such header. */
  static LifeSigns of(@Nullable String header) {
    try {
      long asked = header == null ? 0 : Long.parseLong(header.strip());
      return new LifeSigns(asked <= 0 ? 0 : Math.max(LEAST_MS, Math.min(MOST_MS, asked)));
    } catch (NumberFormatException e) {
      // A client that can't say what it wants gets what those get that don't ask.
      return new LifeSigns(0);
    }
  }

  /** Returns after how many milliseconds at most to look again, given what would be so anyway. */
  long lookAfterMs(long otherwiseMs) {
    return everyMs == 0 ? otherwiseMs : Math.min(everyMs, otherwiseMs);
  }

  /** The pause has begun, or goes on; returns whether to give a sign now. */
  boolean due(long nowNanos) {
    if (!pausing) {
      pausing = true;
      lastNanos = nowNanos;
      return false;
    }
    if (everyMs == 0 || nowNanos - lastNanos < TimeUnit.MILLISECONDS.toNanos(everyMs)) {
      return false;
    }
    lastNanos = nowNanos;
    return true;
  }

  /** The pause is over. */
  void over() {
    pausing = false;
  }
}
