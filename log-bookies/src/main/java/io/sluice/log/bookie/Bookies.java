package io.sluice.log.bookie;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.sluice.log.bookie.rack.PlacementSettings;
import io.sluice.log.bookie.rack.RackPlacement;
import io.sluice.log.bookkeeper.BookKeeperSettings;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.bookkeeper.client.BKException;
import org.apache.bookkeeper.client.BookKeeperAdmin;
import org.apache.bookkeeper.client.api.LedgerMetadata;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.discover.BookieServiceInfo;
import org.apache.bookkeeper.discover.BookieServiceInfo.Endpoint;
import org.apache.bookkeeper.discover.RegistrationClient;
import org.apache.bookkeeper.meta.LedgerUnderreplicationManager;
import org.apache.bookkeeper.meta.MetadataClientDriver;
import org.apache.bookkeeper.meta.MetadataDrivers;
import org.apache.bookkeeper.meta.exceptions.MetadataException;
import org.apache.bookkeeper.net.BookieId;
import org.apache.bookkeeper.replication.ReplicationException;
import org.apache.bookkeeper.stats.NullStatsLogger;
import org.apache.bookkeeper.versioning.Versioned;

/** The bookies of a cluster, for who runs it. Calls block. Thread-safe. */
public final class Bookies implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration CALL_LIMIT = Duration.ofSeconds(15);

  /** Whether a bookie takes part. */
  public enum State {
    /** It takes entries. */
    UP,
    /** It answers reads only, as when its disk is full. */
    READ_ONLY,
    /** It doesn't answer, and the cluster waits for it or has copied its entries already. */
    DOWN
  }

  /**
   * One bookie.
   *
   * @param id its identity
   * @param address {@code host:port}; empty when it is down
   * @param rack the rack that it says it is in; empty when it is down, or says nothing
   */
  public record Bookie(String id, State state, String address, String rack) {}

  private final ClientConfiguration conf;
  private final ScheduledExecutorService scheduler;
  private final MetadataClientDriver driver;

  private Bookies(
      ClientConfiguration conf, ScheduledExecutorService scheduler, MetadataClientDriver driver) {
    this.conf = conf;
    this.scheduler = scheduler;
    this.driver = driver;
  }

  /**
   * Connects to a cluster.
   *
   * @throws IOException if its metadata can't be reached, or aren't there: no bookie was ever
   *     started on this ZooKeeper
   */
  public static Bookies connect(BookKeeperSettings ledgers) throws IOException {
    return connect(ledgers, PlacementSettings.DEFAULT);
  }

  /**
   * Connects likewise.
   *
   * @param placement over how many racks a decommissioned bookie's entries are spread
   */
  public static Bookies connect(BookKeeperSettings ledgers, PlacementSettings placement)
      throws IOException {
    ClientConfiguration conf = new ClientConfiguration();
    RackPlacement.configure(conf, placement);
    conf.setMetadataServiceUri(ledgers.metadataUri());
    conf.setNettyMaxFrameSizeBytes(BookieConfigurations.FRAME_BYTES);
    ledgers.secure(conf);
    ScheduledExecutorService scheduler =
        Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("bookies", true));
    try {
      MetadataClientDriver driver =
          MetadataDrivers.getClientDriver(URI.create(ledgers.metadataUri()));
      driver.initialize(conf, scheduler, NullStatsLogger.INSTANCE, Optional.empty());
      return new Bookies(conf, scheduler, driver);
    } catch (MetadataException | IllegalArgumentException e) {
      scheduler.shutdownNow();
      throw new IOException(
          "there is no cluster of bookies at "
              + ledgers.metadataUri()
              + ": see that ZooKeeper is up, and that a bookie was started on it",
          e);
    }
  }

  /** Lists all bookies that were ever started and not decommissioned, by id. */
  public List<Bookie> list() throws IOException, InterruptedException {
    RegistrationClient client = driver.getRegistrationClient();
    Set<BookieId> up = now(client.getWritableBookies());
    Set<BookieId> readOnly = now(client.getReadOnlyBookies());
    List<Bookie> bookies = new ArrayList<>();
    for (BookieId id : now(client.getAllBookies())) {
      State state = State.DOWN;
      if (readOnly.contains(id)) {
        state = State.READ_ONLY;
      } else if (up.contains(id)) {
        state = State.UP;
      }
      bookies.add(bookie(id, state));
    }
    bookies.sort(Comparator.comparing(Bookie::id));
    return bookies;
  }

  private Bookie bookie(BookieId id, State state) throws InterruptedException {
    if (state == State.DOWN) {
      return new Bookie(id.toString(), state, "", "");
    }
    try {
      BookieServiceInfo info = now(driver.getRegistrationClient().getBookieServiceInfo(id));
      String address =
          info.getEndpoints().stream().map(Bookies::hostAndPort).findFirst().orElse("");
      return new Bookie(id.toString(), state, address, RackPlacement.of(info));
    } catch (IOException e) {
      return new Bookie(id.toString(), state, "", ""); // gone since it was listed
    }
  }

  /**
   * Returns how many segments lack copies, as the cluster's autorecovery has noted: those of a
   * bookie that stays away, until they were copied. Without autorecovery nothing is noted.
   *
   * @throws IOException if ZooKeeper can't be reached
   */
  public long lackingCopies() throws IOException, InterruptedException {
    try (LedgerUnderreplicationManager noted =
        driver.getLedgerManagerFactory().newLedgerUnderreplicationManager()) {
      long count = 0;
      for (var ledgers = noted.listLedgersToRereplicate(null); ledgers.hasNext(); ledgers.next()) {
        count++;
      }
      return count;
    } catch (MetadataException | ReplicationException | RuntimeException e) {
      throw new IOException(
          "the segments that lack copies can't be listed; see that ZooKeeper is up: "
              + e.getMessage(),
          e);
    }
  }

  private static <T> T now(CompletableFuture<Versioned<T>> answer)
      throws IOException, InterruptedException {
    try {
      return answer.get(CALL_LIMIT.toMillis(), TimeUnit.MILLISECONDS).getValue();
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(
          "the bookies can't be listed; see that ZooKeeper is up: " + e.getMessage(), e);
    }
  }

  private static String hostAndPort(Endpoint endpoint) {
    return endpoint.getHost() + ":" + endpoint.getPort();
  }

  /**
   * Takes a bookie that is gone for good out of the cluster: copies all that it had to others, then
   * forgets it. It may be interrupted and begun again; what was copied stays so.
   *
   * @param id its identity; it must have been stopped
   * @param limit longest wait for segments that are still written and name it: their writers leave
   *     them within the table's {@code segment.max-age}
   * @param progress told what is being done, a line each
   * @throws IOException if it is up or isn't known, or an entry has no other copy left that could
   *     be read; it is not forgotten then
   */
  public void decommission(String id, Duration limit, Consumer<String> progress)
      throws IOException, InterruptedException {
    Bookie bookie =
        list().stream()
            .filter(each -> each.id().equals(id))
            .findFirst()
            .orElseThrow(() -> new IOException("the cluster knows no bookie " + id));
    if (bookie.state() != State.DOWN) {
      throw new IOException(
          "bookie " + id + " is up at " + bookie.address() + ": stop it first, and for good");
    }
    try {
      BookKeeperAdmin admin = new BookKeeperAdmin(conf);
      try {
        empty(admin, BookieId.parse(id), System.nanoTime() + limit.toNanos(), progress);
      } finally {
        admin.close();
      }
      ServerConfiguration server = new ServerConfiguration();
      server.setZkEnableSecurity(conf.isZkEnableSecurity());
      server.setMetadataServiceUri(conf.getMetadataServiceUri());
      BookieRegistration.forget(server, id);
    } catch (InterruptedException | IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(
          "bookie "
              + id
              + " is still part of the cluster: "
              + e.getMessage()
              + ". See that all other bookies are up, then do it again",
          e);
    }
    progress.accept("bookie " + id + " is forgotten; its folders may be deleted");
  }

  private static void empty(
      BookKeeperAdmin admin, BookieId id, long giveUpAt, Consumer<String> progress)
      throws IOException, InterruptedException, BKException {
    SortedMap<Long, LedgerMetadata> named = admin.getLedgersContainBookies(Set.of(id));
    progress.accept(named.size() + " segments have a copy on bookie " + id);
    while (!named.isEmpty()) {
      for (var ledger : named.entrySet()) {
        if (!isWrittenTo(ledger.getValue(), id)) {
          admin.recoverBookieData(ledger.getKey(), Set.of(id), false, false);
        }
      }
      named = admin.getLedgersContainBookies(Set.of(id));
      if (!named.isEmpty()) {
        if (System.nanoTime() > giveUpAt) {
          throw new IOException(
              "ledgers "
                  + named.keySet()
                  + " are still written and name bookie "
                  + id
                  + ": do it again once their segments are sealed");
        }
        progress.accept(named.size() + " segments are left; waiting for their writers");
        pause();
      }
    }
  }

  /** Fencing a live writer would do no harm, but it replaces the bookie by itself. */
  private static boolean isWrittenTo(LedgerMetadata ledger, BookieId id) {
    var last = ledger.getAllEnsembles().lastEntry();
    return !ledger.isClosed() && last != null && last.getValue().contains(id);
  }

  private static void pause() throws InterruptedException {
    var unused = new CountDownLatch(1).await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    driver.close();
    scheduler.shutdownNow();
  }
}
