package io.sluice.catalog.level;

import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore.Versioned;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks up which gateways are registered. Blocks; thread-safe. */
public final class GatewayRegistry {

  private final BlockingMetadata store;

  /** Looks in {@code store}. */
  public GatewayRegistry(BlockingMetadata store) {
    this.store = store;
  }

  /** Returns what all gateways understand that are registered now. */
  public ClusterLevel level() throws MetadataException {
    Map<String, RegisteredGateway> found = new LinkedHashMap<>();
    // In this order: who leaves has an entry among the leaving before it gives the other one up.
    add(MetadataPaths.GATEWAYS, found);
    add(MetadataPaths.LEAVING, found);
    return new ClusterLevel(List.copyOf(found.values()));
  }

  private void add(String parent, Map<String, RegisteredGateway> found) throws MetadataException {
    List<String> names = store.listNewest(parent);
    List<Optional<Versioned>> entries =
        store.readAll(names.stream().map(name -> parent + "/" + name).toList());
    for (int i = 0; i < names.size(); i++) {
      String id = MetadataPaths.text(names.get(i));
      entries
          .get(i)
          .ifPresent(entry -> found.putIfAbsent(id, RegisteredGateway.read(id, entry.value())));
    }
  }
}
