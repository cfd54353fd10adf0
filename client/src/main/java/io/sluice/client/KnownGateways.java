package io.sluice.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which gateways a client knows, and in what order it tries them: those it was given, and the live
 * ones that it learned of. One that failed goes to the end, and is passed over for a while that
 * doubles with each failure in a row. Times are of {@link System#nanoTime}. Thread-safe.
 */
final class KnownGateways {

  /** How many live gateways are remembered beside those that were given. */
  static final int MAX_LIVE = 64;

  static final Duration MIN_AVOIDED = Duration.ofSeconds(10);
  static final Duration MAX_AVOIDED = Duration.ofMinutes(10);

  /** How often the live gateways are asked for. */
  static final Duration LEARN_INTERVAL = Duration.ofSeconds(30);

  private static final Duration LEARN_INTERVAL_IN_TROUBLE = Duration.ofSeconds(1);

  private final Set<Endpoint> given;
  private final LinkedHashSet<Endpoint> order;
  private final Map<Endpoint, Avoided> avoided = new HashMap<>();
  private Set<Endpoint> live = Set.of();
  private long learnNanos;
  private boolean learnAsked;

  KnownGateways(List<Endpoint> given) {
    this.given = Set.copyOf(given);
    this.order = new LinkedHashSet<>(given);
  }

  /** Returns all gateways in the order in which to try them; never empty. */
  synchronized List<Endpoint> candidates(long nowNanos) {
    return Stream.concat(
            order.stream().filter(each -> reachable(each, nowNanos)),
            order.stream().filter(each -> !reachable(each, nowNanos)))
        .toList();
  }

  /** Returns whether an endpoint, known or not, may be tried: it didn't just fail. */
  synchronized boolean reachable(Endpoint endpoint, long nowNanos) {
    Avoided until = avoided.get(endpoint);
    return until == null || until.untilNanos() - nowNanos <= 0;
  }

  /** Something was heard of an endpoint. */
  synchronized void reached(Endpoint endpoint) {
    avoided.remove(endpoint);
  }

  /** An endpoint couldn't be reached, or fell silent. */
  synchronized void failed(Endpoint endpoint, long nowNanos) {
    demote(endpoint);
    if (!reachable(endpoint, nowNanos)) {
      return;
    }
    Avoided before = avoided.get(endpoint);
    long nanos =
        before == null
            ? MIN_AVOIDED.toNanos()
            : Math.min(MAX_AVOIDED.toNanos(), before.forNanos() * 2);
    if (before != null || avoided.size() < 4 * MAX_LIVE) {
      avoided.put(endpoint, new Avoided(nanos, nowNanos + nanos));
    }
    long soon = nowNanos + LEARN_INTERVAL_IN_TROUBLE.toNanos();
    if (learnAsked && soon - learnNanos < 0) {
      learnNanos = soon;
    }
  }

  /** Makes a gateway the last to be tried, without saying that it can't be reached. */
  synchronized void demote(Endpoint endpoint) {
    if (order.remove(endpoint)) {
      order.add(endpoint);
    }
  }

  /** Returns whether it is the caller who is to ask for the live gateways now. */
  synchronized boolean takeLearning(long nowNanos) {
    if (learnAsked && nowNanos - learnNanos < 0) {
      return false;
    }
    learnAsked = true;
    learnNanos = nowNanos + LEARN_INTERVAL.toNanos();
    return true;
  }

  /** These gateways are live, and no others: those that were given are kept nevertheless. */
  synchronized void learned(List<Endpoint> gateways) {
    Set<Endpoint> now = new LinkedHashSet<>();
    gateways.stream().limit(MAX_LIVE).forEach(now::add);
    order.removeIf(each -> !given.contains(each) && !now.contains(each));
    order.addAll(now);
    avoided.keySet().removeIf(each -> !order.contains(each));
    live = Set.copyOf(now);
  }

  /** Returns the gateways that were given or are live, as far as is known. */
  synchronized Set<Endpoint> all() {
    Set<Endpoint> all = new HashSet<>(given);
    all.addAll(live);
    return all;
  }

  /** For how long, and until when, an endpoint is passed over. */
  private record Avoided(long forNanos, long untilNanos) {}
}
