package io.sluice.cli.chaos;

import io.sluice.cli.cluster.TcpLink;
import io.sluice.cli.cluster.TcpLink.Way;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Breaks the ways between a cluster's parts, one after the other, and mends each before the next:
 * as chance, that is the seed, will have it.
 */
final class NetworkNemesis extends Nemesis {

  private static final int LONGEST_MS = 6_000;
  private static final int LONGEST_DELAY_MS = 150;

  private final List<Map.Entry<String, TcpLink>> links;

  /**
   * @param links what may be broken, in an order that is always the same
   */
  NetworkNemesis(Map<String, TcpLink> links, long seed) {
    super("network", seed);
    this.links = new ArrayList<>(links.entrySet());
  }

  @Override
  void breakOne(Random random) {
    Map.Entry<String, TcpLink> chosen = links.get(random.nextInt(links.size()));
    TcpLink link = chosen.getValue();
    int kind = random.nextInt(5);
    int millis = random.nextInt(LONGEST_MS);
    int delay = 1 + random.nextInt(LONGEST_DELAY_MS);
    String where = chosen.getKey() + " for " + millis + " ms";
    switch (kind) {
      case 0 -> {
        note("cut the way " + where);
        link.cut();
      }
      case 1 -> {
        note("lose all packets on the way " + where);
        link.hold(EnumSet.allOf(Way.class));
      }
      case 2 -> {
        note("lose requests on the way " + where);
        link.hold(EnumSet.of(Way.FORTH));
      }
      case 3 -> {
        note("lose answers on the way " + where);
        link.hold(EnumSet.of(Way.BACK));
      }
      default -> {
        note("delay packets by " + delay + " ms on the way " + where);
        link.delay(delay);
      }
    }
    try {
      pause(millis);
    } finally {
      link.mend();
    }
  }
}
