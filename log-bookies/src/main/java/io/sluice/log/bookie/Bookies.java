package io.sluice.log.bookie;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.bookkeeper.client.BKException;
import org.apache.bookkeeper.client.BookKeeperAdmin;
import org.apache.bookkeeper.client.api.LedgerMetadata;
import org.apache.bookkeeper.conf.ClientConfiguration;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.discover.BookieServiceInfo.Endpoint;
import org.apache.bookkeeper.net.BookieId;

/** The bookies of a cluster, for who runs it. Calls block. Thread-safe. */
public final class Bookies implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofSeconds(1);

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
   */
  public record Bookie(String id, State state, String address) {}

  private final String metadataUri;
  private final BookKeeperAdmin admin;

  private Bookies(String metadataUri, BookKeeperAdmin admin) {
    this.metadataUri = metadataUri;
    this.admin = admin;
  }

  /**
   * Connects to a cluster.
   *
   * @throws IOException if its metadata can't be reached, or aren't there: no bookie was ever
   *     started on this ZooKeeper
   */
  public static Bookies connect(String metadataUri) throws IOException, InterruptedException {
    ClientConfiguration conf = new ClientConfiguration();
    conf.setMetadataServiceUri(metadataUri);
    conf.setNettyMaxFrameSizeBytes(BookieConfigurations.FRAME_BYTES);
    try {
      return new Bookies(metadataUri, new BookKeeperAdmin(conf));
    } catch (BKException | IOException e) {
      throw new IOException(
          "there is no cluster of bookies at "
              + metadataUri
              + ": see that ZooKeeper is up, and that a bookie was started on it",
          e);
    }
  }

  /** Lists all bookies that were ever started and not decommissioned, by id. */
  public List<Bookie> list() throws IOException {
    try {
      Collection<BookieId> up = admin.getAvailableBookies();
      Collection<BookieId> readOnly = admin.getReadOnlyBookies();
      Set<String> all = new TreeSet<>();
      admin.getAllBookies().forEach(id -> all.add(id.toString()));
      List<Bookie> bookies = new ArrayList<>();
      for (String name : all) {
        BookieId id = BookieId.parse(name);
        State state = State.DOWN;
        if (readOnly.contains(id)) {
          state = State.READ_ONLY;
        } else if (up.contains(id)) {
          state = State.UP;
        }
        bookies.add(new Bookie(name, state, state == State.DOWN ? "" : address(id)));
      }
      return bookies;
    } catch (BKException e) {
      throw new IOException("the bookies can't be listed: " + e.getMessage(), e);
    }
  }

  private String address(BookieId id) {
    try {
      return admin.getBookieServiceInfo(id).getEndpoints().stream()
          .map(Bookies::hostAndPort)
          .findFirst()
          .orElse("");
    } catch (BKException e) {
      return ""; // gone since it was listed
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
      empty(BookieId.parse(id), System.nanoTime() + limit.toNanos(), progress);
      ServerConfiguration conf = new ServerConfiguration();
      conf.setMetadataServiceUri(metadataUri);
      BookieRegistration.forget(conf, id);
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

  private void empty(BookieId id, long giveUpAt, Consumer<String> progress)
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
    try {
      admin.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (BKException e) {
      // Only the session with ZooKeeper is lost by this, which ends by itself.
      return;
    }
  }
}
