package io.sluice.log.bookie.rack;

import java.util.Collections;
import java.util.List;
import org.apache.bookkeeper.net.DNSToSwitchMapping;
import org.apache.bookkeeper.net.NetworkTopology;

/**
 * Says of no address which rack it is in. BookKeeper wants such a mapping where racks are enforced,
 * and makes it by its class; {@link RackPlacement} asks bookies instead.
 */
public final class NoAddresses implements DNSToSwitchMapping {

  /** For BookKeeper. */
  public NoAddresses() {}

  @Override
  public List<String> resolve(List<String> names) {
    return Collections.nCopies(names.size(), NetworkTopology.DEFAULT_REGION_AND_RACK);
  }

  @Override
  public void reloadCachedMappings() {}
}
