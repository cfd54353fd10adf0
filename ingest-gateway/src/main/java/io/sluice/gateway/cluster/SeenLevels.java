package io.sluice.gateway.cluster;

import io.sluice.catalog.level.Levels;
import io.sluice.catalog.table.Table;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What tables need whoever serves them to understand, as far as this gateway has seen. Streams
 * believe a table's definition for long; once one call knows of a higher level, all go by it.
 * Thread-safe.
 */
final class SeenLevels {

  /** Of more tables the levels are forgotten, until they are asked for again. */
  private static final int MOST_TABLES = 100_000;

  private final Map<UUID, Integer> levels = new ConcurrentHashMap<>();

  /** Notes a table's level. */
  void saw(Table table) {
    if (table.level() > Levels.FIRST) {
      if (levels.size() >= MOST_TABLES) {
        levels.clear();
      }
      levels.merge(table.id(), table.level(), Math::max);
    }
  }

  /** Returns the highest level that was seen of a table. */
  int of(UUID tableId) {
    return levels.getOrDefault(tableId, Levels.FIRST);
  }
}
