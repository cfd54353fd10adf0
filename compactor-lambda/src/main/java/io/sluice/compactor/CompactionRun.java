package io.sluice.compactor;

import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.range.OffsetRange;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.commit.SnapshotCommitter;
import io.sluice.compactor.plan.Combiner;
import io.sluice.compactor.plan.Combiner.Combination;
import io.sluice.compactor.plan.CommitPace;
import io.sluice.compactor.plan.Planner;
import io.sluice.compactor.plan.Planner.Planned;
import io.sluice.compactor.plan.Upkeep;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.table.CompactionException.Reason;
import io.sluice.compactor.table.TableLook;
import io.sluice.compactor.table.TableLooks;
import io.sluice.compactor.work.Plan;
import io.sluice.compactor.work.PlanResult;
import io.sluice.compactor.work.Work;
import io.sluice.compactor.work.WorkClaim;
import io.sluice.compactor.work.WorkRecords;
import io.sluice.compactor.write.PlanExecutor;
import io.sluice.compactor.write.PlanExecutor.Executed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of {@link TableCompactor#compact}: rounds of looking at the table, bringing its work
 * record up to date, and then either committing what is done or executing one plan more.
 */
final class CompactionRun {

  private static final Logger LOG = LoggerFactory.getLogger(CompactionRun.class);

  /** After so many failures no plan is tried again that failed in an earlier run. */
  private static final int FAILURES_AT_MOST = 3;

  private static final int LOST_COMMITS_AT_MOST = 20;

  private final Table table;
  private final Instant deadline;
  private final TableLooks looks;
  private final WorkRecords records;
  private final PlanExecutor executor;
  private final CompactorSettings settings;
  private final InstantSource clock;
  private final Supplier<UUID> ids;
  private final Set<UUID> failed = new HashSet<>();
  // Plans of rows that an older look hadn't: if a newer one has not either, they are missing.
  private final Set<UUID> awaited = new HashSet<>();
  private SortedMap<Integer, OffsetRange> missing = new TreeMap<>();
  private @Nullable CompactionException failure;
  private CompactionReport report;
  private Instant lastCommit;
  private Duration apart = Duration.ZERO;
  private int lostCommits;
  private boolean hasTurn;

  CompactionRun(
      Table table,
      Instant deadline,
      TableLooks looks,
      WorkRecords records,
      PlanExecutor executor,
      CompactorSettings settings,
      InstantSource clock,
      Supplier<UUID> ids) {
    this.table = table;
    this.deadline = deadline;
    this.looks = looks;
    this.records = records;
    this.executor = executor;
    this.settings = settings;
    this.clock = clock;
    this.ids = ids;
    this.report = CompactionReport.none(table.name());
    this.lastCommit = clock.instant();
  }

  CompactionReport run() throws CompactionException, MetadataException, InterruptedException {
    try {
      return rounds();
    } catch (CompactionException | MetadataException | RuntimeException e) {
      endTurn(e);
      throw e;
    }
  }

  private CompactionReport rounds()
      throws CompactionException, MetadataException, InterruptedException {
    while (true) {
      TableLook look = looks.look(table);
      looks.raiseFloors(look);
      // One time for all that is decided, so that the turn is taken if and only if it is used.
      Instant now = clock.instant();
      apart = CommitPace.apart(look.snapshots(), look.progress());
      Optional<Instant> waitsUntil = waitsUntil(look, now);
      Work work =
          update(
              current -> withTurn(upToDate(current, look, waitsUntil.isEmpty(), now), look, now));
      hasTurn = work.isCommitter(settings.worker());
      Combination combination = Combiner.choose(look.progress(), work);
      Optional<Plan> todo = next(work, look, now);
      if (hasTurn && wantsCommit(combination, todo, now)) {
        commit(look, combination);
      } else if (todo.isPresent()) {
        execute(todo.get(), look);
      } else if (awaited.addAll(newer(work, look, now))) {
        // What others have planned since the look, a newer one has.
        LOG.debug("Others are ahead at {}", table.name());
      } else {
        return end(look, waitsUntil);
      }
    }
  }

  /** Lets others try at once what this worker failed at. */
  private void endTurn(Exception cause) throws InterruptedException {
    if (!hasTurn) {
      return;
    }
    try {
      var unused = update(work -> work.unclaimCommit(settings.worker()));
    } catch (MetadataException | RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  private Optional<Instant> waitsUntil(TableLook look, Instant now) {
    return CommitPace.waitsUntil(
        look.lastCommit(), apart, now, look.segments(), look.progress(), settings.limits());
  }

  /**
   * Removes what is done, gives up what can't be, and plans what is new.
   *
   * @param plans whether anything new is planned
   */
  private Work upToDate(Work current, TableLook look, boolean plans, Instant now) {
    Work kept = Upkeep.apply(current, look.progress(), look.specs(), now, ids);
    Planned planned = Planner.plan(look.segments(), kept, look.progress(), settings.limits(), ids);
    missing = planned.missing();
    return plans ? kept.plan(planned.plans()) : kept;
  }

  /**
   * Takes the turn to commit if there is something to commit, and ends it if not. Of many workers
   * that see the same result one commits it. The others end: what they have put by then the one
   * with the turn sees before it can end it. If it dies, its turn ends by itself.
   */
  private Work withTurn(Work work, TableLook look, Instant now) {
    Combination combination = Combiner.choose(look.progress(), work);
    if (!wantsCommit(combination, next(work, look, now), now)) {
      return work.unclaimCommit(settings.worker());
    }
    return work.claimCommit(new WorkClaim(settings.worker(), now.plus(settings.turnFor())), now);
  }

  private boolean wantsCommit(Combination combination, Optional<Plan> todo, Instant now) {
    return !combination.isEmpty()
        && (todo.isEmpty()
            // What is done must not wait for what may take until a limit, and fail again.
            || todo.get().failures() > 0
            || !now.isBefore(lastCommit.plus(commitEvery())));
  }

  private Duration commitEvery() {
    return apart.compareTo(settings.commitEvery()) > 0 ? apart : settings.commitEvery();
  }

  private Optional<Plan> next(Work work, TableLook look, Instant now) {
    return takeable(work, look, now)
        .filter(plan -> awaited.contains(plan.id()) || look.hasSealed(plan.ranges()))
        .findFirst();
  }

  /** Returns the plans that are of rows which were sealed after a look, as it seems. */
  private Set<UUID> newer(Work work, TableLook look, Instant now) {
    return takeable(work, look, now)
        .filter(plan -> !look.hasSealed(plan.ranges()))
        .map(Plan::id)
        .collect(Collectors.toSet());
  }

  private Stream<Plan> takeable(Work work, TableLook look, Instant now) {
    if (!now.isBefore(deadline)) {
      return Stream.empty();
    }
    boolean again = failed.size() < FAILURES_AT_MOST;
    return work.plans().stream()
        // A plan that failed, or whose worker died of it, comes after those that may do well.
        .sorted(Comparator.comparingInt(CompactionRun::attempts))
        .filter(plan -> (again || plan.failures() == 0) && !failed.contains(plan.id()))
        .filter(plan -> Work.claimable(plan, settings.worker(), now))
        // Others may plan buckets already that the table got after this run had begun.
        .filter(plan -> look.buckets().keySet().containsAll(plan.ranges().keySet()));
  }

  private static int attempts(Plan plan) {
    return plan.failures() + (plan.claim() == null ? 0 : 1);
  }

  private void commit(TableLook look, Combination combination)
      throws CompactionException, InterruptedException {
    Outcome outcome = SnapshotCommitter.commit(look, combination);
    lastCommit = clock.instant();
    if (outcome instanceof Outcome.Committed committed) {
      lostCommits = 0;
      report =
          report.with(
              sum(combination, PlanResult::rows),
              sum(combination, PlanResult::bytes),
              (int) sum(combination, PlanResult::files),
              committed.snapshotId());
      return;
    }
    LOG.info("Commit to the lake of {} starts over: {}", table.name(), outcome);
    if (++lostCommits > LOST_COMMITS_AT_MOST) {
      throw new CompactionException(
          Reason.UNAVAILABLE,
          "the lake of "
              + table.name()
              + " took none of "
              + lostCommits
              + " commits in a row, last: "
              + outcome);
    }
    TimeUnit.MILLISECONDS.sleep(Math.min(1_000, 5L << Math.min(lostCommits, 8)));
  }

  private static long sum(
      Combination combination, java.util.function.ToLongFunction<PlanResult> part) {
    return combination.plans().stream()
        .map(plan -> Objects.requireNonNull(plan.result()))
        .mapToLong(part)
        .sum();
  }

  private void execute(Plan plan, TableLook look)
      throws CompactionException, MetadataException, InterruptedException {
    Instant now = clock.instant();
    WorkClaim claim = new WorkClaim(settings.worker(), now.plus(settings.claimFor()));
    Work claimed = update(work -> work.claim(plan.id(), claim, now));
    if (claimed.plan(plan.id()).filter(mine -> claim.equals(mine.claim())).isEmpty()) {
      return;
    }
    Executed executed;
    try {
      executed = executor.execute(plan, look);
    } catch (CompactionException e) {
      giveUp(plan, look, e);
      return;
    }
    PlanResult result = executed.result();
    Work done = update(work -> work.result(plan.id(), result));
    boolean another =
        done.plan(plan.id())
            .map(Plan::result)
            .filter(found -> !found.manifest().equals(result.manifest()))
            .isPresent();
    if (another) {
      // Only now is it certain that nobody can ever commit ours.
      delete(look, executed);
    }
  }

  private static void delete(TableLook look, Executed executed) {
    for (String location : executed.locations()) {
      try {
        look.lake().io().deleteFile(location);
      } catch (RuntimeException e) {
        LOG.info("Left {} to orphan removal", location, e);
      }
    }
  }

  private void giveUp(Plan plan, TableLook look, CompactionException e)
      throws MetadataException, InterruptedException {
    failed.add(plan.id());
    AtomicBoolean wanted = new AtomicBoolean();
    update(
        work -> {
          boolean open = work.plan(plan.id()).filter(found -> found.result() == null).isPresent();
          // It may be gone because this very step was applied, and its answer lost.
          wanted.compareAndSet(false, open);
          return Upkeep.failed(work, plan.id(), settings.worker(), look.progress(), ids);
        });
    if (!wanted.get()) {
      LOG.info("Others have done without it: {}", e.getMessage());
      return;
    }
    LOG.warn("{}", e.getMessage());
    if (failure == null) {
      failure = e;
    } else {
      failure.addSuppressed(e);
    }
  }

  private CompactionReport end(TableLook look, Optional<Instant> waitsUntil)
      throws CompactionException {
    if (failure != null) {
      throw failure;
    }
    if (!missing.isEmpty()) {
      throw new CompactionException(
          Reason.ROWS_MISSING,
          "rows of " + table.name() + " are in neither log nor lake, by bucket: " + missing);
    }
    return report.endedWith(look, waitsUntil);
  }

  private Work update(UnaryOperator<Work> step) throws MetadataException, InterruptedException {
    return records.update(table.id(), table.incarnation(), step);
  }
}
