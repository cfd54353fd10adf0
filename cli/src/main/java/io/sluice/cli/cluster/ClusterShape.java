package io.sluice.cli.cluster;

import io.sluice.cli.CommandException;
import java.util.List;

/**
 * What a cluster is to consist of, beside one ZooKeeper, and autorecovery where there is more than
 * one bookie.
 *
 * @param gateways 1 to 16
 * @param bookies 1 to 16
 * @param compactors 0 to 16
 * @param settings arguments for all parts, as {@code --set KEY=VALUE}
 */
record ClusterShape(int gateways, int bookies, int compactors, List<String> settings) {

  private static final int MOST = 16;

  ClusterShape {
    check("--gateways", gateways, 1);
    check("--bookies", bookies, 1);
    check("--compactors", compactors, 0);
    settings = List.copyOf(settings);
  }

  private static void check(String option, int value, int least) {
    if (value < least || value > MOST) {
      throw new CommandException(option + " must be " + least + " to " + MOST + ": " + value);
    }
  }

  boolean hasAutoRecovery() {
    return bookies > 1;
  }

  /** Returns as many copies as there are bookies for, 3/3/2 at most; one bookie keeps one copy. */
  String replication() {
    int copies = Math.min(3, bookies);
    return copies + "/" + copies + "/" + Math.min(2, copies);
  }
}
