package io.sluice.gateway.announce;

import io.sluice.catalog.table.TableName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Tables to be announced, each once and in the order they came, within bounds. Thread-safe. */
final class WaitingTables {

  private final int most;
  private final Set<TableName> tables = new LinkedHashSet<>();
  private long dropped;

  WaitingTables(int most) {
    this.most = most;
  }

  /** Adds tables; one that is there already stays where it is, one beyond the bound is dropped. */
  synchronized void add(Collection<TableName> more) {
    for (TableName table : more) {
      if (tables.size() < most) {
        tables.add(table);
      } else if (!tables.contains(table)) {
        dropped++;
      }
    }
    notifyAll();
  }

  /** Takes the first ones away, at most {@code count}. */
  synchronized List<TableName> take(int count) {
    List<TableName> taken = new ArrayList<>();
    for (Iterator<TableName> all = tables.iterator(); all.hasNext() && taken.size() < count; ) {
      taken.add(all.next());
      all.remove();
    }
    return taken;
  }

  /** Waits until there is one. */
  synchronized void await() throws InterruptedException {
    while (tables.isEmpty()) {
      wait();
    }
  }

  synchronized int size() {
    return tables.size();
  }

  /** Returns how many were dropped so far. */
  synchronized long dropped() {
    return dropped;
  }
}
