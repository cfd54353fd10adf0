package io.sluice.compactor.work;

import io.sluice.catalog.metadata.MetadataException;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Loads and changes the work records of tables. Calls block. Thread-safe. */
public interface WorkRecords {

  /**
   * Loads a table's record as it is now; one of another incarnation, or none, is an empty one.
   *
   * @throws MetadataException UNAVAILABLE if the store can't be reached
   */
  Work load(UUID tableId, UUID incarnation) throws MetadataException, InterruptedException;

  /**
   * Puts a step's result by compare-and-set. The step may be applied several times, each time to a
   * newer record, also when its first outcome was unknown: it must be one that changes nothing the
   * second time, as those of {@link Work} are.
   *
   * @return the record with the step applied
   * @throws MetadataException UNAVAILABLE if the store can't be reached, UNKNOWN if nobody can tell
   *     within the time limit whether the step was applied
   */
  Work update(UUID tableId, UUID incarnation, UnaryOperator<Work> step)
      throws MetadataException, InterruptedException;
}
