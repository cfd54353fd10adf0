package io.sluice.catalog.table;

import io.sluice.catalog.level.GatewayRegistry;
import io.sluice.catalog.level.Levels;
import io.sluice.catalog.level.Need;
import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.table.CatalogException.Reason;
import java.util.Optional;

/** Refuses what a gateway of an older version, which is registered, would not understand. */
final class LevelGuard {

  private final GatewayRegistry gateways;

  LevelGuard(BlockingMetadata store) {
    this.gateways = new GatewayRegistry(store);
  }

  /**
   * Returns if all gateways have the level that a change needs.
   *
   * @throws CatalogException OLDER_GATEWAY, with who is older; UNAVAILABLE
   */
  void require(Need need) throws CatalogException {
    if (need.level() == Levels.FIRST) {
      return;
    }
    Optional<String> refusal;
    try {
      refusal = gateways.level().refusal(need);
    } catch (MetadataException e) {
      throw Databases.unavailable("ask which gateways there are", e);
    }
    if (refusal.isPresent()) {
      throw new CatalogException(Reason.OLDER_GATEWAY, refusal.get());
    }
  }
}
