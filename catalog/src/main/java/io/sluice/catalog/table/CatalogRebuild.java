package io.sluice.catalog.table;

import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.Claim;
import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeFind;
import io.sluice.catalog.lake.LakeProperties;
import io.sluice.catalog.lake.LakeSurvey;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.range.OffsetGap;
import io.sluice.catalog.table.CatalogException.Reason;
import io.sluice.catalog.table.LostTable.Extent;
import io.sluice.catalog.table.LostTable.State;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Makes the records of tables anew from the lake, when the metadata store was lost. What is there
 * is never changed. Rows that were in the log alone are gone. Blocks.
 */
public final class CatalogRebuild {

  /*
   * The order is that of a creation: lake table, bucket records, entry by id, table record. Nobody
   * sees a table before its record is there, so that nothing is appended or compacted meanwhile.
   *
   * Rows above the lake offset may have been acknowledged, and someone may hold a position among
   * them. So each bucket goes on far above, see OffsetGap. Its record says where, and whoever makes
   * it first decides; then the lake offset is raised to there by a snapshot that adds nothing. A
   * rebuild that stopped on the way, or is done by two at a time, finds the records and goes by them.
   */

  private static final int ATTEMPTS = 5;
  private static final String OWNER = "catalog rebuild";

  private final Databases databases;
  private final TableRecords records;
  private final StoredBucketRecords buckets;
  private final LakeTables lakeTables;
  private final LevelGuard levels;
  private final Lake lake;
  private final LakeSurvey survey;
  private final InstantSource clock;

  /** Opens it over {@code store} and {@code lake}, which stay the caller's to close. */
  public CatalogRebuild(MetadataStore store, Lake lake, InstantSource clock) {
    BlockingMetadata blocking = new BlockingMetadata(store, BlockingMetadata.DEFAULT_LIMIT);
    this.databases = new Databases(blocking);
    this.records = new TableRecords(blocking);
    this.buckets = new StoredBucketRecords(store);
    this.lakeTables = new LakeTables(lake);
    this.levels = new LevelGuard(blocking);
    this.lake = lake;
    this.survey = lake.survey();
    this.clock = clock;
  }

  /**
   * Looks for tables of Sluice in the lake; changes nothing.
   *
   * @return all, by name
   * @throws CatalogException UNAVAILABLE
   */
  public List<LostTable> look() throws CatalogException {
    List<LostTable> tables = new ArrayList<>();
    Map<TableName, Integer> lost = new HashMap<>();
    for (LakeFind find : find()) {
      LostTable table = describe(find, false);
      tables.add(table);
      if (table.state() == State.LOST) {
        lost.merge(table.name(), 1, Integer::sum);
      }
    }
    tables.replaceAll(
        table ->
            table.state() == State.LOST && lost.getOrDefault(table.name(), 0) > 1
                ? table.unclear(
                    "several tables had this name, and nothing says which was dropped; choose one"
                        + " by its metadata file")
                : table);
    return List.copyOf(tables);
  }

  /**
   * Returns the table that a metadata file is of, whatever other files and tables there are.
   *
   * @return also if it was dropped: to name it is to want it back
   * @throws CatalogException NOT_FOUND if it isn't that of a table of Sluice; UNAVAILABLE
   */
  public LostTable choose(String metadataFile) throws CatalogException {
    LakeFind chosen =
        find().stream()
            .filter(find -> metadataFile.startsWith(find.location() + "/metadata/"))
            .findFirst()
            .orElseThrow(
                () ->
                    new CatalogException(
                        Reason.NOT_FOUND,
                        metadataFile + " is not in a folder of a table of Sluice in this lake"));
    return describe(
        new LakeFind(chosen.name(), chosen.location(), List.of(metadataFile), false), true);
  }

  private List<LakeFind> find() throws CatalogException {
    try {
      return survey.find();
    } catch (RuntimeException e) {
      throw new CatalogException(
          Reason.UNAVAILABLE, "can't list the lake's tables: " + e.getMessage(), e);
    }
  }

  private LostTable describe(LakeFind find, boolean chosen) throws CatalogException {
    Optional<Table> present = records.find(find.name());
    if (present.isPresent() && present.get().location().equals(find.location())) {
      return LostTable.of(find, State.PRESENT, "it is there");
    }
    if (find.metadataFiles().size() > 1) {
      return LostTable.of(
          find,
          State.UNCLEAR,
          "it has several newest metadata files, of which one was committed; choose one of "
              + String.join(", ", find.metadataFiles()));
    }
    org.apache.iceberg.Table lakeTable;
    Table table;
    Extent extent;
    try {
      lakeTable = survey.read(find.name(), find.metadataFiles().get(0));
      table = LakeTables.table(find.name(), lakeTable);
      extent = LakeExtents.of(table, lakeTable);
    } catch (RuntimeException | CatalogException e) {
      return LostTable.of(
          find,
          State.UNCLEAR,
          find.metadataFiles().get(0)
              + " can't be read: "
              + e.getMessage()
              + "; restore it, or choose an earlier one of the table: what was committed since is"
              + " gone then");
    }
    boolean dropped =
        records.isDropped(table.id())
            || (!chosen && lakeTable.properties().containsKey(LakeProperties.DROPPED_AT));
    State state = dropped ? State.DROPPED : State.LOST;
    LostTable lost =
        new LostTable(
            find.name(),
            find.location(),
            find.metadataFiles(),
            state,
            dropped ? "it was dropped" : "",
            Optional.of(extent));
    return !dropped && present.isPresent() ? lost.unclear("another table has its name now") : lost;
  }

  /**
   * Makes a table's records. It may be called again after it failed or stopped anywhere.
   *
   * @param lost as {@link #look} or {@link #choose} returned it
   * @return the table
   * @throws CatalogException INVALID if it can't be rebuilt; ALREADY_EXISTS if another table has
   *     its name by now; OLDER_GATEWAY; UNAVAILABLE, after which the same call may be made again
   */
  public Table rebuild(LostTable lost) throws CatalogException {
    TableName name = lost.name();
    if (lost.state() != State.LOST) {
      throw new CatalogException(
          Reason.INVALID, "table " + name + " is not rebuilt: " + lost.detail());
    }
    var unused = databases.create(name.database(), Map.of());
    Table told = named(lost);
    levels.require(TableLevels.ofNew(name, told.options()));
    levels.require(TableLevels.ofSchemas(name, told.schemas().values()));
    lakeTables.tellNotDropped(name);
    Table table = withAllBuckets(told);
    raiseLakeOffsets(table, startBuckets(table));
    records.createIdEntry(table);
    if (!records.create(table)
        && records.find(name).filter(found -> found.id().equals(table.id())).isEmpty()) {
      throw taken(lost);
    }
    if (!databases.touch(name.database())) {
      throw new CatalogException(
          Reason.UNAVAILABLE, "database " + name.database() + " was dropped meanwhile");
    }
    return table;
  }

  private Table named(LostTable lost) throws CatalogException {
    TableName name = lost.name();
    try {
      if (!survey.register(name, lost.location(), lost.metadataFiles().get(0))) {
        throw taken(lost);
      }
    } catch (RuntimeException e) {
      throw new CatalogException(
          Reason.UNAVAILABLE, "can't name the lake table of " + name + ": " + e.getMessage(), e);
    }
    return lakeTables
        .find(name)
        .filter(found -> found.location().equals(lost.location()))
        .orElseThrow(() -> taken(lost));
  }

  /**
   * Raises the number of buckets to the smallest multiple that has all of which rows are in the
   * lake. It was raised before, and the lake table wasn't told any more; if to a larger number,
   * then the other buckets are empty.
   */
  private Table withAllBuckets(Table table) throws CatalogException {
    SortedMap<Integer, Long> offsets = load(table).progress().lakeOffsets();
    int last = offsets.isEmpty() ? 0 : offsets.lastKey();
    if (last < table.bucketCount()) {
      return table;
    }
    int multiple = last / table.bucketCount() + 1;
    String count = Integer.toString(table.bucketCount() * multiple);
    TableOptions options;
    try {
      options = OptionChanges.setting(Map.of("bucket.count", count)).applyTo(table.options());
    } catch (IllegalArgumentException e) {
      throw new CatalogException(
          Reason.INVALID,
          "table " + table.name() + " can't have all its buckets: " + e.getMessage(),
          e);
    }
    levels.require(TableLevels.ofChange(table, options));
    Table raised = table.with(options, clock.instant());
    lakeTables.tellOptions(raised);
    return raised;
  }

  /** Returns where each bucket goes on. */
  private SortedMap<Integer, Long> startBuckets(Table table) throws CatalogException {
    Progress progress = load(table).progress();
    Claim claim = new Claim(OWNER, clock.instant().getEpochSecond());
    SortedMap<Integer, Long> starts = new TreeMap<>();
    for (int bucket = 0; bucket < table.bucketCount(); bucket++) {
      BucketId id = new BucketId(table.id(), bucket);
      records.createBucket(
          id,
          BucketState.startingAt(
              table.incarnation(), OffsetGap.after(progress.offset(bucket)), claim));
      BucketState state = bucket(id);
      if (!state.incarnation().equals(table.incarnation()) || !state.segments().isEmpty()) {
        throw new CatalogException(
            Reason.UNAVAILABLE, "bucket " + id + " of table " + table.name() + " is in use");
      }
      starts.put(bucket, state.baseOffset());
    }
    return starts;
  }

  private BucketState bucket(BucketId id) throws CatalogException {
    try {
      return buckets.load(id).get(BlockingMetadata.DEFAULT_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw Databases.unavailable("load bucket " + id, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Databases.unavailable("load bucket " + id, e);
    }
  }

  private void raiseLakeOffsets(Table table, SortedMap<Integer, Long> starts)
      throws CatalogException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      LakeView view = load(table);
      Optional<Progress> next = raised(table, view.progress(), starts);
      if (next.isEmpty()
          || lake.table(table).append(view, next.get(), List.of()) instanceof Outcome.Committed) {
        return;
      }
      // Others have committed, or nobody knows: the next look tells.
    }
    throw new CatalogException(
        Reason.UNAVAILABLE,
        "the lake table of " + table.name() + " is being changed by others; try again");
  }

  private static Optional<Progress> raised(
      Table table, Progress progress, SortedMap<Integer, Long> starts) throws CatalogException {
    Progress next = progress;
    for (Map.Entry<Integer, Long> start : starts.entrySet()) {
      long offset = progress.offset(start.getKey());
      if (offset > start.getValue()) {
        throw new CatalogException(
            Reason.UNAVAILABLE,
            "bucket "
                + start.getKey()
                + " of table "
                + table.name()
                + " was to go on at "
                + start.getValue()
                + ", but is in the lake up to "
                + offset
                + ": others are at work on it");
      }
      if (offset < start.getValue()) {
        next = next.with(start.getKey(), start.getValue());
      }
    }
    return next.equals(progress) ? Optional.empty() : Optional.of(next);
  }

  private LakeView load(Table table) throws CatalogException {
    try {
      return lake.table(table).load();
    } catch (RuntimeException e) {
      throw new CatalogException(
          Reason.UNAVAILABLE,
          "can't load the lake table of " + table.name() + ": " + e.getMessage(),
          e);
    }
  }

  private static CatalogException taken(LostTable lost) {
    return new CatalogException(
        Reason.ALREADY_EXISTS,
        "another table is named "
            + lost.name()
            + " now; drop it, then rebuild the one in "
            + lost.location());
  }
}
