package io.sluice.log.bookie.rack;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.bookkeeper.client.DefaultBookieAddressResolver;
import org.apache.bookkeeper.client.RackawareEnsemblePlacementPolicy;
import org.apache.bookkeeper.conf.AbstractConfiguration;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.apache.bookkeeper.discover.BookieServiceInfo;
import org.apache.bookkeeper.net.BookieId;
import org.apache.bookkeeper.net.NetworkTopology;
import org.apache.bookkeeper.versioning.Versioned;

/**
 * Places copies by the racks that bookies say they are in when they register: there is no script
 * and no table of addresses to keep. BookKeeper makes it, by its class.
 */
public final class RackPlacement extends RackawareEnsemblePlacementPolicy {

  private static final String PROPERTY = "sluice.rack";

  /** For BookKeeper. */
  public RackPlacement() {}

  /**
   * Has what is configured so, a client or autorecovery, place copies by racks; where those don't
   * matter all bookies are in one, as without this.
   */
  public static void configure(AbstractConfiguration<?> conf, PlacementSettings settings) {
    // Else BookKeeper looks for a script, and warns at each start that there is none.
    conf.setProperty(REPP_DNS_RESOLVER_CLASS, NoAddresses.class.getName());
    if (settings.minRacks() > 1) {
      conf.setProperty(
          ClientConfiguration.ENSEMBLE_PLACEMENT_POLICY, RackPlacement.class.getName());
      conf.setMinNumRacksPerWriteQuorum(settings.minRacks());
      conf.setEnforceMinNumRacksPerWriteQuorum(true);
      // A gateway isn't in a rack; one that was would put a copy of all into its own.
      conf.setIgnoreLocalNodeInPlacementPolicy(true);
    }
  }

  /** Adds a bookie's rack to what it registers with; empty for none. */
  public static void put(String rack, Map<String, String> properties) {
    if (!rack.isEmpty()) {
      properties.put(PROPERTY, rack);
    }
  }

  /** Returns the rack that a bookie registered with; empty if it didn't say. */
  public static String of(BookieServiceInfo bookie) {
    return bookie.getProperties().getOrDefault(PROPERTY, "");
  }

  /** Called on ZooKeeper's thread, so that it mustn't wait: the client has what it was told. */
  @Override
  protected String resolveNetworkLocation(BookieId bookie) {
    String rack = "";
    if (bookieAddressResolver instanceof DefaultBookieAddressResolver resolver) {
      rack = known(resolver.getRegistrationClient().getBookieServiceInfo(bookie));
    }
    return rack.isEmpty()
        ? NetworkTopology.DEFAULT_REGION_AND_RACK
        : NetworkTopology.DEFAULT_REGION + "/" + rack;
  }

  private static String known(CompletableFuture<Versioned<BookieServiceInfo>> info) {
    try {
      return info.isDone() ? of(info.join().getValue()) : "";
    } catch (CompletionException e) {
      return ""; // gone since it was listed
    }
  }
}
