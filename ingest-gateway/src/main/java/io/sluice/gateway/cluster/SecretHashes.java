package io.sluice.gateway.cluster;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The hashes of gateways' secrets. Those of gateways that left are remembered for a while: one that
 * hands its buckets over still passes on what its clients send. An id is never used again, and
 * neither is its secret. Thread-safe.
 */
final class SecretHashes {

  static final int MOST = 1_024;

  private final Map<String, String> byId = new LinkedHashMap<>();

  synchronized void add(Peer peer) {
    if (peer.secretHash().isEmpty()) {
      return;
    }
    byId.remove(peer.id());
    byId.put(peer.id(), peer.secretHash());
    if (byId.size() > MOST) {
      byId.remove(byId.keySet().iterator().next());
    }
  }

  synchronized Optional<String> of(String id) {
    return Optional.ofNullable(byId.get(id));
  }
}
