package io.sluice.compactor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.catalog.lake.LakeTable;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.compactor.work.Plan;
import io.sluice.compactor.work.PlanResult;
import io.sluice.compactor.work.Work;
import io.sluice.compactor.work.WorkRecords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.io.FileIO;

/** What is broken in all compactors of a town, to see that the tests notice. */
interface Sabotage {

  /** Nothing is. */
  Sabotage NONE = new Sabotage() {};

  /** Offsets in force are those of the newest snapshot alone, not the maximum over all. */
  Sabotage READS_ONE_SNAPSHOT =
      new Sabotage() {
        @Override
        public TableOperations operations(TableOperations operations) {
          return new OneSnapshot(operations);
        }
      };

  /** A conflict is answered as Iceberg's appends do: once more, on metadata that nobody checked. */
  Sabotage COMMITS_UNCHECKED =
      new Sabotage() {
        @Override
        public LakeTable lake(LakeTable lake) {
          return new Unchecked(lake);
        }
      };

  /** A plan that is gone, or has no result, is taken for one with another's result. */
  Sabotage DELETES_UNREAD =
      new Sabotage() {
        @Override
        public WorkRecords work(WorkRecords records, InstantSource clock) {
          return new Unread(records);
        }
      };

  /** Results never get old. */
  Sabotage KEEPS_OLD_RESULTS =
      new Sabotage() {
        @Override
        public WorkRecords work(WorkRecords records, InstantSource clock) {
          return new EverYoung(records, clock);
        }
      };

  default TableOperations operations(TableOperations operations) {
    return operations;
  }

  default LakeTable lake(LakeTable lake) {
    return lake;
  }

  default WorkRecords work(WorkRecords records, InstantSource clock) {
    return records;
  }

  /** Shows metadata in which only the current snapshot tells how far the table is. */
  final class OneSnapshot extends PassingOperations {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final TableMetadata real;
    private final TableMetadata shown;

    OneSnapshot(TableOperations operations) {
      super(operations);
      this.real = operations.current();
      this.shown = shown(real);
    }

    private static TableMetadata shown(TableMetadata real) {
      try {
        JsonNode json = JSON.readTree(TableMetadataParser.toJson(real));
        Snapshot current = real.currentSnapshot();
        for (JsonNode snapshot : json.path("snapshots")) {
          boolean newest =
              current != null && snapshot.get("snapshot-id").longValue() == current.snapshotId();
          if (!newest && snapshot.get("summary") instanceof ObjectNode summary) {
            var unused = summary.remove(Progress.PROPERTY);
          }
        }
        return TableMetadataParser.fromJson(real.metadataFileLocation(), json.toString());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public TableMetadata current() {
      return shown;
    }

    @Override
    public TableMetadata refresh() {
      return shown;
    }

    @Override
    public void commit(TableMetadata base, TableMetadata metadata) {
      super.commit(base == shown ? real : base, metadata);
    }
  }

  /** Tries a commit again on a fresh load, whatever that says. */
  record Unchecked(LakeTable lake) implements LakeTable {

    @Override
    public LakeView load() {
      return lake.load();
    }

    @Override
    public Outcome append(LakeView checked, Progress next, List<ManifestFile> manifests) {
      Outcome outcome = lake.append(checked, next, manifests);
      if (outcome instanceof Outcome.Moved) {
        LakeView fresh = lake.load();
        Progress most = next;
        for (var entry : fresh.progress().lakeOffsets().entrySet()) {
          most = most.with(entry.getKey(), Math.max(entry.getValue(), most.offset(entry.getKey())));
        }
        return lake.append(fresh, most, manifests);
      }
      return outcome;
    }

    @Override
    public FileIO io() {
      return lake.io();
    }
  }

  /** Shows another's result wherever the worker's own isn't. */
  record Unread(WorkRecords records) implements WorkRecords {

    private static final PlanResult ANOTHER =
        new PlanResult("another", 1, 0, 1, 1, 1, java.time.Instant.EPOCH);

    @Override
    public Work load(UUID tableId, UUID incarnation)
        throws MetadataException, InterruptedException {
      return records.load(tableId, incarnation);
    }

    @Override
    public Work update(UUID tableId, UUID incarnation, UnaryOperator<Work> step)
        throws MetadataException, InterruptedException {
      List<Plan> finished = new ArrayList<>();
      Work after =
          records.update(
              tableId,
              incarnation,
              work -> {
                Work next = step.apply(work);
                for (Plan plan : next.plans()) {
                  boolean before = work.plan(plan.id()).map(Plan::result).isPresent();
                  if (plan.result() != null && !before) {
                    finished.add(plan);
                  }
                }
                return next;
              });
      Work shown = after;
      for (Plan plan : finished) {
        if (shown.plan(plan.id()).isEmpty()) {
          List<Plan> plans = new ArrayList<>(shown.plans());
          plans.add(new Plan(plan.id(), plan.ranges(), null, ANOTHER));
          shown = new Work(incarnation, shown.plannedTo(), plans);
        }
      }
      return shown;
    }
  }

  /** Lets every step see results as if they had just been written. */
  record EverYoung(WorkRecords records, InstantSource clock) implements WorkRecords {

    @Override
    public Work load(UUID tableId, UUID incarnation)
        throws MetadataException, InterruptedException {
      return records.load(tableId, incarnation);
    }

    @Override
    public Work update(UUID tableId, UUID incarnation, UnaryOperator<Work> step)
        throws MetadataException, InterruptedException {
      return records.update(tableId, incarnation, work -> step.apply(young(work)));
    }

    private Work young(Work work) {
      List<Plan> plans = new ArrayList<>();
      for (Plan plan : work.plans()) {
        PlanResult result = plan.result();
        plans.add(
            result == null
                ? plan
                : new Plan(plan.id(), plan.ranges(), plan.claim(), young(result)));
      }
      return new Work(work.incarnation(), work.plannedTo(), plans);
    }

    private PlanResult young(PlanResult result) {
      return new PlanResult(
          result.manifest(),
          result.manifestBytes(),
          result.specId(),
          result.files(),
          result.rows(),
          result.bytes(),
          clock.instant());
    }
  }
}
