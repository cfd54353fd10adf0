package io.sluice.cli;

import io.sluice.log.bookie.Bookies;
import io.sluice.log.bookie.Bookies.Bookie;
import io.sluice.log.bookie.rack.PlacementSettings;
import io.sluice.log.bookkeeper.BookKeeperSettings;
import io.sluice.log.segment.Replication;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Whether a cluster has bookies enough for a replication. One that was never given enough is a
 * mistake that is told at the start. One of which some are down is not: rows are acknowledged as
 * long as the ack quorum is up, and a gateway that is started again amid such a loss must come up.
 */
final class BookieCheck {

  private static final long LOOK_AGAIN_MS = 500;

  private BookieCheck() {}

  /**
   * Waits until there are enough.
   *
   * @throws CommandException if there aren't within {@code limit}; it says how many there are
   */
  static void await(
      BookKeeperSettings ledgers, Replication copies, PlacementSettings placement, Duration limit)
      throws IOException, InterruptedException {
    long giveUpAt = System.nanoTime() + limit.toNanos();
    try (Bookies bookies = Bookies.connect(ledgers)) {
      Optional<String> lack = lack(copies, placement, bookies.list());
      while (lack.isPresent()) {
        if (System.nanoTime() > giveUpAt) {
          throw new CommandException(lack.get());
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_AGAIN_MS));
        lack = lack(copies, placement, bookies.list());
      }
    }
  }

  /** Returns what is missing and what to do, or nothing; racks matter as far as is said. */
  static Optional<String> lack(
      Replication copies, PlacementSettings placement, List<Bookie> bookies) {
    return lack(copies, bookies).or(() -> lackOfRacks(copies, placement, bookies));
  }

  private static Optional<String> lackOfRacks(
      Replication copies, PlacementSettings placement, List<Bookie> bookies) {
    int needed = placement.racksOf(copies.ackQuorum());
    List<Bookie> up =
        bookies.stream().filter(bookie -> bookie.state() == Bookies.State.UP).toList();
    long racks = up.stream().map(Bookie::rack).distinct().count();
    if (racks >= needed) {
      return Optional.empty();
    }
    boolean unsaid = up.stream().anyMatch(bookie -> bookie.rack().isEmpty());
    return Optional.of(
        "an append is to be in "
            + needed
            + " racks before it is acknowledged (placement.min-racks), and those bookies that are up"
            + " are in "
            + racks
            + (unsaid
                ? ", as some don't say which rack they are in: start them with --rack"
                : ": start those of the others")
            + "; `sluice bookie list` shows them");
  }

  /** Returns what is missing and what to do, or nothing. */
  static Optional<String> lack(Replication copies, List<Bookie> bookies) {
    long up = bookies.stream().filter(bookie -> bookie.state() == Bookies.State.UP).count();
    if (bookies.size() < copies.ensemble()) {
      return Optional.of(
          "each segment is to be on "
              + copies.ensemble()
              + " bookies, and the cluster has "
              + bookies.size()
              + ": start more, or say --replication with fewer; `sluice bookie list` shows them");
    }
    if (up < copies.ackQuorum()) {
      return Optional.of(
          "an append is to be on "
              + copies.ackQuorum()
              + " bookies before it is acknowledged, and of "
              + bookies.size()
              + " only "
              + up
              + " take any: start the others again; `sluice bookie list` shows them");
    }
    return Optional.empty();
  }
}
