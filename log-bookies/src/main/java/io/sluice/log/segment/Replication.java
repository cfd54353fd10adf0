package io.sluice.log.segment;

import java.util.Optional;

/**
 * How often an entry is stored.
 *
 * @param ensemble bookies that share a ledger
 * @param writeQuorum bookies that store an entry, 1 to {@code ensemble}
 * @param ackQuorum bookies that must have it on disk before it counts, 1 to {@code writeQuorum}
 */
public record Replication(int ensemble, int writeQuorum, int ackQuorum) {

  /** One copy, for standalone only: the data is as safe as one disk. */
  public static final Replication STANDALONE = new Replication(1, 1, 1);

  /** Three copies, two of them on disk before an ack. */
  public static final Replication CLUSTER = new Replication(3, 3, 2);

  public Replication {
    if (ackQuorum < 1 || ackQuorum > writeQuorum || writeQuorum > ensemble) {
      throw new IllegalArgumentException(
          "must be 1 <= ackQuorum <= writeQuorum <= ensemble: "
              + ackQuorum
              + ", "
              + writeQuorum
              + ", "
              + ensemble);
    }
  }

  /**
   * Returns with how many copies to go on while there are too few bookies for this: the promise of
   * an acknowledgement, {@code ackQuorum} disks, is the same; only what it has beyond that is given
   * up. Empty if nothing can be.
   */
  public Optional<Replication> smaller() {
    if (ensemble > writeQuorum) {
      return Optional.of(new Replication(writeQuorum, writeQuorum, ackQuorum));
    }
    return writeQuorum > ackQuorum
        ? Optional.of(new Replication(ackQuorum, ackQuorum, ackQuorum))
        : Optional.empty();
  }
}
