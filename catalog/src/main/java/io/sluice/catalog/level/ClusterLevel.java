package io.sluice.catalog.level;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What all gateways of a cluster understand: the least of their levels. A change that needs more is
 * refused until the last older one is gone.
 *
 * @param gateways those that are registered, be it that they are leaving
 */
public record ClusterLevel(List<RegisteredGateway> gateways) {

  /** How many gateways a message names. */
  private static final int MOST_NAMED = 5;

  public ClusterLevel {
    gateways = List.copyOf(gateways);
  }

  /** Returns the level; that of this version if there is no gateway. */
  public int level() {
    return gateways.stream().mapToInt(RegisteredGateway::level).min().orElse(Levels.OWN);
  }

  /** Returns why a change must wait, and for what; empty if it needn't. */
  public Optional<String> refusal(Need need) {
    List<RegisteredGateway> older =
        gateways.stream().filter(gateway -> gateway.level() < need.level()).toList();
    if (older.isEmpty()) {
      return Optional.empty();
    }
    String named =
        older.stream()
            .limit(MOST_NAMED)
            .map(gateway -> "gateway " + gateway + " has level " + gateway.level())
            .collect(Collectors.joining(", "));
    int more = older.size() - MOST_NAMED;
    return Optional.of(
        need.what()
            + " needs level "
            + need.level()
            + " of all gateways, but "
            + named
            + (more > 0 ? " and " + more + " more are older too" : "")
            + ": finish the upgrade of the gateways, then ask again");
  }
}
