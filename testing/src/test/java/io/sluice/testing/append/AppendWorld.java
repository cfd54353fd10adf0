package io.sluice.testing.append;

import io.netty.buffer.ByteBuf;
import io.sluice.catalog.bucket.BucketRecords;
import io.sluice.catalog.bucket.BucketState;
import io.sluice.catalog.bucket.StoredBucketRecords;
import io.sluice.catalog.bucket.TransactionKey;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.table.BucketId;
import io.sluice.catalog.table.DroppedLogs;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.table.TableOptions;
import io.sluice.log.append.BucketLog;
import io.sluice.log.append.BucketLogs;
import io.sluice.log.append.LogSettings;
import io.sluice.log.append.LogThreads;
import io.sluice.log.append.RowBatch;
import io.sluice.log.append.SealListener;
import io.sluice.log.frame.ColumnGroup;
import io.sluice.log.frame.FrameRows;
import io.sluice.log.frame.WriterSequence;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.SegmentStore;
import io.sluice.log.upkeep.Reconciler;
import io.sluice.testing.SimulatedTime;
import io.sluice.testing.segment.FlakySegmentStore;
import io.sluice.testing.segment.FlakySegmentStore.Faults;
import io.sluice.testing.segment.InMemorySegmentStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * One bucket, its ledgers and its record, all of them unreliable, and gateways that come and go.
 */
final class AppendWorld {

  static final int RESULTS_PER_WRITER = 8;

  private static final Schema SCHEMA =
      new Schema(Types.NestedField.required(1, "id", Types.LongType.get()));

  /** How long to wait for what must happen at last: less where it may not. */
  final Duration patience;

  final Random random;
  final SimulatedTime time;
  final InMemorySegmentStore ledgers = new InMemorySegmentStore();

  /** The ledgers, of which no call fails. */
  final SegmentStore sound;

  final FlakySegmentStore store;
  final FlakyBucketRecords records;
  final BucketId bucket;
  final Table table;
  final SimulatedLake lake = new SimulatedLake(this);
  private final InMemoryMetadataStore metadata = new InMemoryMetadataStore();
  private final List<ByteBuf> rowBuffers = new ArrayList<>();
  final LogSettings settings;
  private BucketLogs gateway;
  private int gateways;
  private int lagging;
  private CompletableFuture<Integer> retaining = CompletableFuture.completedFuture(0);
  private @Nullable AssertionError failure;

  AppendWorld(Random random) {
    this(random, Sabotage.NONE);
  }

  AppendWorld(Random random, Sabotage sabotage) {
    this.patience = sabotage == Sabotage.NONE ? Duration.ofMinutes(10) : Duration.ofMinutes(1);
    this.random = random;
    this.time = new SimulatedTime(random);
    UUID id = new UUID(random.nextLong(), random.nextLong());
    this.bucket = new BucketId(id, 0);
    this.table = table(id, new UUID(random.nextLong(), random.nextLong()));
    this.sound = sabotage.of(ledgers);
    this.store = new FlakySegmentStore(sound, random, time, faults());
    store.throwing(random.nextInt(4) == 0 ? 0.02 : 0);
    metadata
        .create(
            MetadataPaths.bucket(id, 0),
            StoredBucketRecords.newRecord(BucketState.empty(table.incarnation())))
        .join();
    double share = random.nextBoolean() ? 0 : 0.1;
    BucketRecords stored = sabotage.of(new StoredBucketRecords(metadata), time);
    this.records = new FlakyBucketRecords(stored, random, time, share);
    this.settings = settings();
    this.gateway = newGateway();
  }

  private Faults faults() {
    double share = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.05;
    double silent = random.nextInt(3) == 0 ? 0.01 : 0;
    return new Faults(share, share, silent, Duration.ofMillis(1 + random.nextInt(20)));
  }

  private LogSettings settings() {
    return new LogSettings(
        Replication.STANDALONE,
        64 << 10,
        1 + random.nextInt(4),
        512 << 10,
        List.of(0L, 30_000L, 1_000_000L).get(random.nextInt(3)),
        List.of(0L, 50_000L, 1_000_000L).get(random.nextInt(3)),
        Duration.ofSeconds(1),
        Duration.ofMillis(20),
        8 << 10,
        RESULTS_PER_WRITER);
  }

  private static Table table(UUID id, UUID incarnation) {
    return new Table(
        new TableName("db", "t"),
        id,
        incarnation,
        "file:/warehouse/" + id,
        Map.of(0, SCHEMA),
        0,
        TableOptions.parse(
            Map.of("segment.bytes", "1MiB", "segment.max-age", "1s", "transaction.timeout", "10m")),
        "",
        Instant.EPOCH);
  }

  private BucketLogs newGateway() {
    return new BucketLogs(
        "gateway-" + gateways++,
        settings,
        lagging == 0 ? store : new LaggingMetadataTest.Lagging(store, lagging),
        records,
        SealListener.NONE,
        new LogThreads(time, time, () -> {}));
  }

  /** Returns the gateway that writers find now. */
  BucketLogs gateway() {
    return gateway;
  }

  /** Replaces the gateway; the one before knows nothing of it and goes on. */
  BucketLogs takeOver() {
    BucketLogs before = gateway;
    gateway = newGateway();
    return before;
  }

  /**
   * Has all gateways give up, and then another take over. One that was just opening the bucket
   * claims it before it gives up, perhaps after those that came later: only one that comes once all
   * have given up keeps the bucket.
   *
   * @param wait until the last comes, at least as long as to open the bucket takes
   */
  void leaveToOne(List<BucketLogs> gone, Duration wait) {
    takeOver().abandonAll();
    gone.forEach(BucketLogs::abandonAll);
    time.run(wait);
    takeOver().abandonAll();
  }

  /** Opens the bucket at the gateway. */
  CompletableFuture<BucketLog> log() {
    return gateway.open(table, 0);
  }

  /** Lets go of what has been in the lake for a while, unless that is under way. */
  void retain() {
    if (retaining.isDone()) {
      Duration retention = Duration.ofMillis(random.nextInt(500));
      retaining = log().thenCompose(log -> log.retain(retention)).exceptionally(failure -> 0);
    }
  }

  /**
   * Deletes the ledgers that nobody can name any more. While that waits for an answer, the others
   * go on.
   */
  void reconcile() {
    SegmentStore slow =
        new PassingStore(ledgers) {
          @Override
          public CompletableFuture<Void> delete(long ledgerId) {
            pass();
            return super.delete(ledgerId);
          }
        };
    Reconciler.AllTables tables =
        () -> {
          pass();
          return List.of(table);
        };
    try {
      new Reconciler(
              slow,
              new StoredBucketRecords(metadata),
              tables,
              new DroppedLogs(metadata),
              Clock.systemUTC(),
              Duration.ofSeconds(1))
          .run();
    } catch (Exception e) {
      throw new AssertionError("the reconciler, whose stores don't fail", e);
    }
  }

  private void pass() {
    time.run(Duration.ofMillis(random.nextInt(20)));
  }

  /** For gateways from now on so many ledgers look open that are closed. */
  void lagging(int times) {
    lagging = times;
  }

  /** From now on nothing fails. */
  void calm() {
    store.faults(Faults.NONE);
    store.throwing(0);
    records.faults(0);
  }

  /** Notes a failure; thrown inside a future it would be lost. */
  AssertionError failure(String what) {
    AssertionError noted = new AssertionError(what);
    if (failure == null) {
      failure = noted;
    }
    return noted;
  }

  /** Throws the first failure that was noted. */
  void rethrow() {
    if (failure != null) {
      throw failure;
    }
  }

  /** Makes a batch whose rows say what they are. */
  RowBatch batch(@Nullable WriterSequence writer, List<Integer> frameRows, int padding) {
    List<FrameRows> frames = new ArrayList<>();
    int first = 0;
    for (int rows : frameRows) {
      List<ColumnGroup> groups = SimulatedColumns.groups(random, padding);
      ByteBuf message = SimulatedColumns.message(first, groups);
      ByteBuf body = SimulatedColumns.body(padding);
      rowBuffers.add(message);
      rowBuffers.add(body);
      frames.add(new FrameRows(rows, first, List.of(), message, body, groups));
      first += rows;
    }
    return new RowBatch(0, writer, frames);
  }

  /** Makes a batch of a transaction. */
  RowBatch batch(TransactionKey transaction, long sequence, List<Integer> frameRows, int padding) {
    RowBatch rows =
        batch(new WriterSequence(transaction.writerEpoch(), sequence), frameRows, padding);
    return new RowBatch(rows.schemaId(), rows.writer(), transaction, rows.frames());
  }

  /** Returns how many buffers of batches are still held. */
  long heldRowBuffers() {
    return rowBuffers.stream().filter(buffer -> buffer.refCnt() > 0).count();
  }
}
