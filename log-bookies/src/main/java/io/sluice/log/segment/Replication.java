package io.sluice.log.segment;

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
}
