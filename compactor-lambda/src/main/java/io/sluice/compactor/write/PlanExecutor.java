package io.sluice.compactor.write;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.range.OffsetRange;
import io.sluice.compactor.table.CompactionException;
import io.sluice.compactor.table.TableLook;
import io.sluice.compactor.work.PartitionRange;
import io.sluice.compactor.work.Plan;
import io.sluice.compactor.work.PlanResult;
import io.sluice.compactor.work.ResultSpec;
import io.sluice.compactor.write.PlanFiles.Placed;
import io.sluice.log.read.PlacedFrame;
import io.sluice.log.read.ReadException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestWriter;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.OutputFile;

/**
 * Executes plans: the rows of their ranges to Parquet files, and those to one Iceberg manifest, all
 * under names that nobody else has. Nothing that exists is changed, so a plan may be executed again
 * at any time. Several threads may execute plans at the same time.
 */
public final class PlanExecutor {

  /**
   * What came of a plan.
   *
   * @param result the pointer to it
   * @param locations all files that were written, the manifest included
   */
  public record Executed(PlanResult result, List<String> locations) {

    public Executed {
      locations = List.copyOf(locations);
    }
  }

  private final RangeFrames log;
  private final BufferAllocator allocator;
  private final LakeFileSettings settings;
  private final int readBytes;
  private final Duration readLimit;
  private final InstantSource clock;

  /**
   * @param readBytes how much of the log is read at once, about
   * @param readLimit how long that may take
   */
  public PlanExecutor(
      RangeFrames log,
      BufferAllocator allocator,
      LakeFileSettings settings,
      int readBytes,
      Duration readLimit,
      InstantSource clock) {
    this.log = log;
    this.allocator = allocator;
    this.settings = settings;
    this.readBytes = readBytes;
    this.readLimit = readLimit;
    this.clock = clock;
  }

  /**
   * Executes a plan.
   *
   * @throws CompactionException if it can't be; files that were written meanwhile stay behind for
   *     orphan removal
   */
  public Executed execute(Plan plan, TableLook look)
      throws CompactionException, InterruptedException {
    // Its files are as old as the oldest of them may be, also if this worker sleeps in between.
    Instant begun = clock.instant();
    try (PlanFiles files = files(look)) {
      FrameForms forms = new FrameForms(look, allocator);
      for (Map.Entry<Integer, OffsetRange> range : plan.ranges().entrySet()) {
        copy(look, range.getKey(), range.getValue(), forms, files);
      }
      List<Placed> finished = files.finish();
      long rows = finished.stream().mapToLong(placed -> placed.file().rows()).sum();
      if (rows != plan.rows()) {
        throw new IllegalStateException("wrote " + rows + " rows, not " + plan.rows());
      }
      return manifest(look, finished, begun);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw PlanFailure.of(look.table().name(), plan, e);
    }
  }

  /** Returns where rows go: the files are of the checked metadata's current spec. */
  private PlanFiles files(TableLook look) {
    TableMetadata metadata = look.view().metadata();
    return metadata.spec().isUnpartitioned()
        ? new LakeFiles(look.lake().io(), metadata, settings)
        : new PartitionedFiles(look.lake().io(), metadata, settings);
  }

  private void copy(
      TableLook look, int bucket, OffsetRange range, FrameForms forms, PlanFiles files)
      throws Exception {
    BucketState state = Objects.requireNonNull(look.buckets().get(bucket));
    if (range.start() < state.startOffset() || range.end() > state.sealedEndOffset()) {
      throw new ReadException(
          ReadException.Reason.OUT_OF_RANGE,
          "bucket "
              + bucket
              + " has "
              + state.startOffset()
              + " to "
              + state.sealedEndOffset()
              + " in sealed segments, but the plan wants "
              + range);
    }
    long position = range.start();
    try (FrameFeed feed =
        new FrameFeed(log.open(state, range.start(), range.end()), readBytes, readLimit)) {
      while (position < range.end()) {
        List<PlacedFrame> frames = feed.next();
        if (frames.isEmpty()) {
          throw new ReadException(
              ReadException.Reason.CORRUPT,
              "bucket " + bucket + " ends at " + position + ", not at " + range.end());
        }
        try {
          for (PlacedFrame frame : frames) {
            position = copy(bucket, frame, position, range.end(), forms, files);
          }
        } finally {
          frames.forEach(PlacedFrame::release);
        }
      }
    }
  }

  private long copy(
      int bucket, PlacedFrame placed, long position, long end, FrameForms forms, PlanFiles files)
      throws IOException, ReadException {
    if (placed.offset() > position || placed.endOffset() <= position || position >= end) {
      throw new ReadException(
          ReadException.Reason.CORRUPT,
          "bucket "
              + bucket
              + " has a frame at ["
              + placed.offset()
              + ", "
              + placed.endOffset()
              + ") where "
              + position
              + " comes next");
    }
    Schema schema = forms.schema(placed.frame().header().schemaId());
    int from = (int) (position - placed.offset());
    int to = (int) (Math.min(end, placed.endOffset()) - placed.offset());
    files.write(
        DecodedRows.of(
            forms.decode(placed.frame()),
            root ->
                new LogRows(
                    schema,
                    root.getFieldVectors(),
                    root.getRowCount(),
                    bucket,
                    placed.offset(),
                    placed.timeMicros()),
            from,
            to));
    return placed.offset() + to;
  }

  private Executed manifest(TableLook look, List<Placed> files, Instant begun) throws IOException {
    TableMetadata metadata = look.view().metadata();
    PartitionSpec spec = metadata.spec();
    OutputFile target =
        look.lake()
            .io()
            .newOutputFile(metadata.location() + "/metadata/" + UUID.randomUUID() + "-m0.avro");
    ManifestWriter<DataFile> writer =
        ManifestFiles.write(metadata.formatVersion(), spec, target, null);
    List<String> locations = new ArrayList<>();
    try (writer) {
      for (Placed placed : files) {
        LakeFile file = placed.file();
        locations.add(file.location());
        DataFiles.Builder described =
            DataFiles.builder(spec)
                .withPath(file.location())
                .withFormat(FileFormat.PARQUET)
                .withFileSizeInBytes(file.bytes())
                .withMetrics(file.metrics())
                .withSplitOffsets(file.splitOffsets());
        if (placed.partition() != null) {
          described.withPartition(placed.partition());
        }
        writer.add(described.build());
      }
    }
    locations.add(target.location());
    PlanResult result =
        new PlanResult(
            target.location(),
            writer.length(),
            ResultSpec.of(spec),
            spec.isUnpartitioned()
                ? List.of()
                : PartitionRange.of(writer.toManifestFile().partitions()),
            files.size(),
            files.stream().mapToLong(placed -> placed.file().rows()).sum(),
            files.stream().mapToLong(placed -> placed.file().bytes()).sum(),
            begun);
    return new Executed(result, locations);
  }
}
