package io.sluice.gateway.cluster;

import io.sluice.log.append.BucketLog;

/** Where a call about a bucket is answered. */
public sealed interface Route {

  /**
   * Here.
   *
   * @param log open, and claimed by this gateway
   */
  record Here(BucketLog log) implements Route {}

  /**
   * At another gateway.
   *
   * @param peer which owns the bucket, or is to
   */
  record There(Peer peer) implements Route {}
}
