package io.sluice.gateway.tables;

import io.sluice.catalog.table.Purges;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is still to be deleted of dropped tables.
 *
 * @param waiting dropped tables whose files aren't all deleted yet
 * @param unknown why that isn't known; null if it is
 */
public record PurgesStatus(List<Purges.Waiting> waiting, @Nullable String unknown) {

  public PurgesStatus {
    waiting = List.copyOf(waiting);
  }
}
