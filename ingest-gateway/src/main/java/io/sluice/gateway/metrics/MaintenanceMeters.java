package io.sluice.gateway.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.sluice.catalog.compaction.MaintenanceNote.StepNote;
import io.sluice.gateway.tables.LakeLags.TableLag;
import io.sluice.gateway.tables.PurgesStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How the lake is maintained, by compactors in whatever process, as far as their records say.
 * Thread-safe.
 */
final class MaintenanceMeters {

  private final MeterRegistry registry;
  private final MultiGauge failing;
  private final MultiGauge overdue;
  private final AtomicLong purges = new AtomicLong();
  private final Map<Tags, Totals> totals = new HashMap<>();

  /** The counters of one step of one table. */
  private static final class Totals {
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final FunctionCounter countMeter;
    private final FunctionCounter bytesMeter;

    Totals(MeterRegistry registry, Tags tags) {
      countMeter =
          FunctionCounter.builder("sluice.maintenance.changes", count, AtomicLong::doubleValue)
              .description("Files, manifests or snapshots that were removed or replaced")
              .tags(tags)
              .register(registry);
      bytesMeter =
          FunctionCounter.builder("sluice.maintenance", bytes, AtomicLong::doubleValue)
              .description("Bytes of files and manifests that were removed or replaced")
              .baseUnit("bytes")
              .tags(tags)
              .register(registry);
    }
  }

  MaintenanceMeters(MeterRegistry registry) {
    this.registry = registry;
    failing =
        MultiGauge.builder("sluice.maintenance.failing")
            .description("1 if the table's maintenance fails; `sluice status` says why")
            .register(registry);
    overdue =
        MultiGauge.builder("sluice.maintenance.overdue")
            .description("Since when the table's maintenance is due; 0 if it isn't")
            .baseUnit("seconds")
            .register(registry);
    Gauge.builder("sluice.purges.waiting", purges, AtomicLong::doubleValue)
        .description("Dropped tables with files that are still to be deleted")
        .register(registry);
  }

  synchronized void show(List<TableLag> tables, PurgesStatus waiting) {
    GatewayMeters.show(failing, tables, one -> one.maintenance().errors().isEmpty() ? 0 : 1);
    GatewayMeters.show(overdue, tables, TableLag::overdueSeconds);
    if (waiting.unknown() == null) {
      purges.set(waiting.waiting().size());
    }
    Set<Tags> shown = new HashSet<>();
    for (TableLag table : tables) {
      for (Map.Entry<String, StepNote> step : table.maintenance().steps().entrySet()) {
        Tags tags = GatewayMeters.tags(table.table()).and("step", step.getKey());
        shown.add(tags);
        Totals of = totals.computeIfAbsent(tags, added -> new Totals(registry, added));
        of.count.set(step.getValue().totalCount());
        of.bytes.set(step.getValue().totalBytes());
      }
    }
    forgetAllBut(shown);
  }

  private void forgetAllBut(Set<Tags> shown) {
    totals.forEach(
        (tags, gone) -> {
          if (!shown.contains(tags)) {
            registry.remove(gone.countMeter);
            registry.remove(gone.bytesMeter);
          }
        });
    totals.keySet().retainAll(shown);
  }
}
