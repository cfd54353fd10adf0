package io.sluice.catalog.lake;

import io.sluice.catalog.table.CatalogException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotUpdate;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.expressions.Expressions;

/**
 * Removes all rows that a lake table has, those of other engines too, in one commit. Offsets in
 * force stay as they are: of the log's rows those below them are gone, and those from them on stay,
 * whoever is about to commit them. The files stay until the snapshots that have them expire.
 *
 * <p>It is one truncation: attempts are made one after the other, and once one is in the table none
 * removes anything more. Blocks; not thread-safe.
 */
public final class Truncation {

  /** Key of the property in a snapshot's summary that says which truncation made it. */
  static final String PROPERTY = "sluice.truncation";

  /** What came of an attempt. */
  public sealed interface Attempt {

    /**
     * The rows are gone.
     *
     * @param below the lake offsets below which no row is left
     * @param removed the snapshot that had the rows; empty if there were none
     */
    record Done(Progress below, OptionalLong removed) implements Attempt {}

    /**
     * The rows are still there, as far as can be told. Make the next attempt, or give up: then
     * {@link Truncation#unsure} says whether they may go yet.
     *
     * @param why for people
     */
    record Again(String why) implements Attempt {}
  }

  private final LakeTable lake;
  private final String id = UUID.randomUUID().toString();
  private boolean unsure;

  /** Begins one; nothing is done yet. */
  public Truncation(LakeTable lake) {
    this.lake = lake;
  }

  /**
   * Looks at the table as it is now, and tries once to remove what it has.
   *
   * @param floors lake-offset floors of the bucket records by bucket, read <em>before</em> this
   * @throws CatalogException LAKE_HISTORY_LOST if the lake is behind them; nothing was done
   * @throws NoSuchTableException if the lake table is gone
   */
  public Attempt attempt(Map<Integer, Long> floors) throws CatalogException {
    LakeView view;
    try {
      view = lake.load();
      view.requireAtLeast(floors);
      Optional<Attempt.Done> before = find(view);
      if (before.isPresent()) {
        return before.get();
      }
      if (hasNoRows(view)) {
        return new Attempt.Done(view.progress(), OptionalLong.empty());
      }
    } catch (NoSuchTableException e) {
      throw e;
    } catch (RuntimeException e) {
      return new Attempt.Again("the lake can't be read: " + e.getMessage());
    }
    Outcome outcome = lake.commit(view, view.progress(), this::removeAll);
    if (outcome instanceof Outcome.Committed) {
      // An earlier one that was lost can't be applied to what the table is now.
      unsure = false;
      return new Attempt.Done(view.progress(), OptionalLong.of(view.snapshotId()));
    } else if (outcome instanceof Outcome.Moved moved) {
      return new Attempt.Again("others commit to it: " + moved.why());
    } else if (outcome instanceof Outcome.Refused refused) {
      return new Attempt.Again(refused.why());
    }
    unsure = true;
    return lookAgain(outcome);
  }

  /**
   * Tells whether nobody knows of an attempt whether it is in the table, or yet will be: it wasn't
   * there when it was last looked for.
   */
  public boolean unsure() {
    return unsure;
  }

  private SnapshotUpdate<?> removeAll(Table table) {
    return table.newDelete().deleteFromRowFilter(Expressions.alwaysTrue()).set(PROPERTY, id);
  }

  private Attempt lookAgain(Outcome outcome) {
    try {
      Optional<Attempt.Done> found = find(lake.load());
      if (found.isPresent()) {
        return found.get();
      }
    } catch (RuntimeException e) {
      // The next attempt begins with another look.
    }
    return new Attempt.Again("the outcome of a commit is unknown: " + outcome);
  }

  /** Looks for an attempt whose outcome was unknown. */
  private Optional<Attempt.Done> find(LakeView view) {
    if (!unsure) {
      return Optional.empty();
    }
    for (Snapshot snapshot : view.metadata().snapshots()) {
      if (snapshot.summary() != null && id.equals(snapshot.summary().get(PROPERTY))) {
        Progress below =
            Progress.fromJson(Objects.requireNonNull(snapshot.summary().get(Progress.PROPERTY)));
        Long removed = Objects.requireNonNull(snapshot.parentId(), "it has removed something");
        unsure = false;
        return Optional.of(new Attempt.Done(below, OptionalLong.of(removed)));
      }
    }
    return Optional.empty();
  }

  private boolean hasNoRows(LakeView view) {
    Snapshot current = view.metadata().currentSnapshot();
    return current == null
        || current.dataManifests(lake.io()).stream()
            .noneMatch(manifest -> manifest.hasAddedFiles() || manifest.hasExistingFiles());
  }
}
