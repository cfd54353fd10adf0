package io.sluice.flink.procedure;

import io.sluice.flink.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.flink.table.procedures.Procedure;

/** The procedures of a catalog, by name. */
public final class Procedures {

  /** The database that they are called by; a catalog needn't have one of that name. */
  public static final String DATABASE = "sys";

  private static final Map<String, Function<Target, Procedure>> BY_NAME =
      new TreeMap<>(
          Map.of(
              "compact", CompactProcedure::new,
              "truncate", TruncateProcedure::new,
              "expire_snapshots", ExpireSnapshotsProcedure::new,
              "rollback_to_snapshot", RollbackToSnapshotProcedure::new,
              "rollback_to_timestamp", RollbackToTimestampProcedure::new));

  /** Returns their names, sorted. */
  public static List<String> names() {
    return List.copyOf(BY_NAME.keySet());
  }

  /** Returns the procedure of that name, for the tables of a cluster. */
  public static Optional<Procedure> named(String name, Endpoint endpoint) {
    return Optional.ofNullable(BY_NAME.get(name)).map(make -> make.apply(new Target(endpoint)));
  }

  private Procedures() {}
}
