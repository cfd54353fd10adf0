package io.sluice.client;

import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a bucket's calls go: to its owner, or through another gateway, which forwards them. What is
 * meant for different owners never shares a stream: one of them may be slow.
 *
 * @param owner the owner, or null if it isn't known
 * @param via the gateway to call
 */
record Route(@Nullable Endpoint owner, Endpoint via) {

  /** Returns whether the owner itself is called. */
  boolean direct() {
    return via.equals(owner);
  }

  /**
   * Returns the way to take: to the owner unless it just couldn't be reached, else through the
   * first gateway to be tried. A way around an owner is kept while it works, until the owner is
   * connected: trying the owner out with rows would hold them up.
   *
   * @param taken the way taken so far, if any
   * @param connected whether an endpoint is connected
   */
  static Route choose(
      @Nullable Endpoint owner,
      @Nullable Route taken,
      KnownGateways known,
      Predicate<Endpoint> connected,
      long nowNanos) {
    Endpoint direct = owner != null && known.reachable(owner, nowNanos) ? owner : null;
    if (taken != null
        && !taken.direct()
        && Objects.equals(taken.owner(), owner)
        && known.reachable(taken.via(), nowNanos)
        && (direct == null || !connected.test(direct))) {
      return taken;
    }
    if (direct != null) {
      return new Route(owner, direct);
    }
    return new Route(owner, known.candidates(nowNanos).get(0));
  }
}
