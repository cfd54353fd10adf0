package io.sluice.gateway.cluster;

import io.sluice.catalog.table.BucketId;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The live gateways, and where each bucket belongs among them: at the gateway whose hash with the
 * bucket is the highest (rendezvous hashing, Thaler and Ravishankar 1998). When a gateway comes or
 * goes, only the buckets that it gets or had move. A placement is a wish: what a gateway may write
 * is decided by claims and fencing alone.
 *
 * @param peers sorted by id
 */
public record Placement(List<Peer> peers) {

  /** No gateway lives. */
  public static final Placement EMPTY = new Placement(List.of());

  public Placement {
    peers = peers.stream().sorted(Comparator.comparing(Peer::id)).toList();
  }

  /**
   * Returns where a bucket belongs; empty if no gateway lives that may have it.
   *
   * @param level what a gateway must understand to have it: one that doesn't refuses its table
   */
  public Optional<Peer> owner(BucketId bucket, int level) {
    Peer best = null;
    long highest = 0;
    for (Peer peer : peers) {
      if (peer.level() < level) {
        continue;
      }
      long weight = weight(peer, bucket);
      if (best == null || Long.compareUnsigned(weight, highest) > 0) {
        best = peer;
        highest = weight;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Returns whether a gateway lives. */
  public boolean contains(String id) {
    return peers.stream().anyMatch(peer -> peer.id().equals(id));
  }

  private static long weight(Peer peer, BucketId bucket) {
    UUID table = bucket.tableId();
    long hash = fnv(peer.id());
    hash = mixed(hash ^ table.getMostSignificantBits());
    hash = mixed(hash ^ table.getLeastSignificantBits());
    return mixed(hash ^ bucket.bucket());
  }

  /** FNV-1a: the same on every gateway, whatever its Java. */
  private static long fnv(String text) {
    long hash = 0xcbf29ce484222325L;
    for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (one & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }

  /** The finalizer of MurmurHash3. */
  private static long mixed(long value) {
    long mixed = value;
    mixed = (mixed ^ (mixed >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }
}
