package io.sluice.log.bookkeeper;

import io.sluice.log.bookie.rack.PlacementSettings;
import io.sluice.log.bookie.rack.RackPlacement;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.Sealed;
import io.sluice.log.segment.SegmentException;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentStore;
import io.sluice.log.segment.SegmentWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.bookkeeper.client.api.BKException;
import org.apache.bookkeeper.client.api.BookKeeper;
import org.apache.bookkeeper.client.api.DigestType;
import org.apache.bookkeeper.client.api.ReadHandle;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Segments as ledgers of a BookKeeper cluster, found through ZooKeeper.
 *
 * <p>Futures are completed on BookKeeper's own threads, a handful for all ledgers. Entries are at
 * most {@link #MAX_ENTRY_BYTES} large.
 */
public final class BookKeeperSegmentStore implements SegmentStore {

  /** Largest entry, in bytes: what a frame of 5 MiB holds beside its header. */
  public static final int MAX_ENTRY_BYTES = 5 * 1024 * 1024 - 4096;

  private static final Logger LOG = LoggerFactory.getLogger(BookKeeperSegmentStore.class);
  private static final int FRAME_BYTES = 5 * 1024 * 1024;
  private static final byte[] NO_PASSWORD = {};
  private static final Duration OPEN_RETRY_PAUSE = Duration.ofMillis(20);

  private final BookKeeper client;
  private final BookKeeperSettings settings;
  private final PlacementSettings placement;

  private BookKeeperSegmentStore(
      BookKeeper client, BookKeeperSettings settings, PlacementSettings placement) {
    this.client = client;
    this.settings = settings;
    this.placement = placement;
  }

  /**
   * Connects to a cluster.
   *
   * @throws SegmentException with UNAVAILABLE if its metadata can't be reached
   */
  public static BookKeeperSegmentStore connect(BookKeeperSettings settings)
      throws SegmentException, InterruptedException {
    return connect(settings, PlacementSettings.DEFAULT);
  }

  /**
   * Connects likewise.
   *
   * @param placement over how many racks the copies of an entry are spread
   */
  public static BookKeeperSegmentStore connect(
      BookKeeperSettings settings, PlacementSettings placement)
      throws SegmentException, InterruptedException {
    try {
      ClientConfiguration conf = configuration(settings);
      RackPlacement.configure(conf, placement);
      BookKeeper client = BookKeeper.newBuilder(conf).build();
      return new BookKeeperSegmentStore(client, settings, placement);
    } catch (IOException | BKException e) {
      throw new SegmentException(
          SegmentException.Kind.UNAVAILABLE,
          "can't reach BookKeeper's metadata at " + settings.metadataUri() + ": " + e.getMessage(),
          e);
    }
  }

  /** Returns the client's configuration; what is in flight is bounded by the callers, in bytes. */
  static ClientConfiguration configuration(BookKeeperSettings settings) {
    ClientConfiguration conf = new ClientConfiguration();
    conf.setMetadataServiceUri(settings.metadataUri());
    conf.setZkTimeout((int) settings.sessionTimeout().toMillis());
    // 5,000 requests a second otherwise.
    conf.setThrottleValue(0);
    conf.setUseV2WireProtocol(true);
    conf.setNettyMaxFrameSizeBytes(FRAME_BYTES);
    conf.setAddEntryTimeout((int) settings.requestTimeout().toSeconds());
    conf.setReadEntryTimeout((int) settings.requestTimeout().toSeconds());
    conf.setClientConnectTimeoutMillis((int) settings.requestTimeout().toMillis());
    conf.setClientTcpNoDelay(true);
    conf.setNumIOThreads(settings.ioThreads());
    conf.setNumWorkerThreads(settings.ioThreads());
    settings.secure(conf);
    return conf;
  }

  /** With fewer copies while too few bookies are up; see {@link Replication#smaller}. */
  @Override
  public CompletableFuture<SegmentWriter> create(SegmentId id, Replication replication) {
    CompletableFuture<SegmentWriter> created = new CompletableFuture<>();
    tryCreate(id, replication, created);
    return created;
  }

  private void tryCreate(
      SegmentId id, Replication replication, CompletableFuture<SegmentWriter> created) {
    Optional<Replication> smaller = replication.smaller();
    var unused =
        LateHandles.within(
                settings.callTimeout(),
                client
                    .newCreateLedgerOp()
                    .withEnsembleSize(replication.ensemble())
                    .withWriteQuorumSize(replication.writeQuorum())
                    .withAckQuorumSize(replication.ackQuorum())
                    .withDigestType(DigestType.CRC32C)
                    .withPassword(NO_PASSWORD)
                    .withCustomMetadata(LedgerIdentity.encode(id))
                    .execute())
            .whenComplete(
                (handle, error) -> {
                  if (error == null) {
                    created.complete(new LedgerWriter(handle, settings));
                  } else if (BookKeeperFailures.isLackOfBookies(error) && smaller.isPresent()) {
                    LOG.warn("Too few bookies for {} of {}: trying {}", replication, id, smaller);
                    tryCreate(id, smaller.get(), created);
                  } else {
                    created.completeExceptionally(
                        BookKeeperFailures.change(making(id, replication), error));
                  }
                });
  }

  private String making(SegmentId id, Replication replication) {
    int racks = placement.racksOf(replication.writeQuorum());
    return racks > 1
        ? "making a ledger for "
            + id
            + " on bookies of "
            + racks
            + " racks (placement.min-racks; `sluice bookie list` shows which are up)"
        : "making a ledger for " + id;
  }

  @Override
  public CompletableFuture<Sealed> recover(long ledgerId) {
    CompletableFuture<Sealed> recovered = new CompletableFuture<>();
    var unused =
        openHandle(ledgerId, true)
            .whenComplete(
                (handle, error) -> {
                  if (error != null) {
                    recovered.completeExceptionally(
                        BookKeeperFailures.change("recovering ledger " + ledgerId, error));
                  } else {
                    var unusedClose = handle.closeAsync();
                    recovered.complete(LedgerWriter.sealed(handle.getLedgerMetadata()));
                  }
                });
    return recovered;
  }

  @Override
  public CompletableFuture<SegmentReader> open(long ledgerId) {
    CompletableFuture<SegmentReader> opened = new CompletableFuture<>();
    tryOpen(ledgerId, System.nanoTime() + settings.requestTimeout().toNanos(), opened);
    return opened;
  }

  /** Bookies know nothing of an open ledger before its first entry: that passes. */
  private void tryOpen(long ledgerId, long deadline, CompletableFuture<SegmentReader> opened) {
    var unused =
        openHandle(ledgerId, false)
            .whenComplete(
                (handle, error) -> {
                  if (error == null) {
                    // By a stage, so that what throws fails the future.
                    opened.completeAsync(() -> new LedgerReader(handle), Runnable::run);
                  } else if (BookKeeperFailures.isMissing(error) || System.nanoTime() > deadline) {
                    opened.completeExceptionally(
                        BookKeeperFailures.read("opening ledger " + ledgerId, error));
                  } else {
                    later().execute(() -> tryOpen(ledgerId, deadline, opened));
                  }
                });
  }

  private static Executor later() {
    return CompletableFuture.delayedExecutor(OPEN_RETRY_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private CompletableFuture<ReadHandle> openHandle(long ledgerId, boolean recovery) {
    return LateHandles.within(
        settings.callTimeout(),
        client
            .newOpenLedgerOp()
            .withLedgerId(ledgerId)
            .withDigestType(DigestType.CRC32C)
            .withPassword(NO_PASSWORD)
            .withRecovery(recovery)
            .execute());
  }

  @Override
  public CompletableFuture<Void> delete(long ledgerId) {
    CompletableFuture<Void> deleted = new CompletableFuture<>();
    var unused =
        client
            .newDeleteLedgerOp()
            .withLedgerId(ledgerId)
            .execute()
            .orTimeout(settings.callTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (nothing, error) -> {
                  if (error == null || BookKeeperFailures.isMissing(error)) {
                    deleted.complete(null);
                  } else {
                    deleted.completeExceptionally(
                        BookKeeperFailures.change("deleting ledger " + ledgerId, error));
                  }
                });
    return deleted;
  }

  @Override
  public CompletableFuture<Map<Long, SegmentId>> list() {
    return LedgerList.of(client, settings);
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (BKException e) {
      // Only the session with ZooKeeper is lost by this, which ends by itself.
      return;
    }
  }
}
