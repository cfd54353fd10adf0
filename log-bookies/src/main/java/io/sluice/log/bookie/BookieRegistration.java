package io.sluice.log.bookie;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.bookkeeper.bookie.BookieException;
import org.apache.bookkeeper.bookie.BookieException.CookieNotFoundException;
import org.apache.bookkeeper.bookie.BookieException.InvalidCookieException;
import org.apache.bookkeeper.bookie.Cookie;
import org.apache.bookkeeper.conf.ServerConfiguration;
import org.apache.bookkeeper.discover.RegistrationManager;
import org.apache.bookkeeper.meta.MetadataDrivers;
import org.apache.bookkeeper.net.BookieId;
import org.apache.bookkeeper.stats.NullStatsLogger;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster and a bookie's folders know of each other. BookKeeper writes the same cookie into
 * each folder and into its metadata at the first start, and refuses a bookie that comes with
 * others, without a word on what to do: an emptied folder under an old identity would answer "no
 * such entry" for entries that it has acknowledged, and recovery would then believe that they were
 * never written. The same is checked here first, with the words.
 */
final class BookieRegistration {

  private static final int ATTEMPTS = 5;

  /** A bookie must not start on these folders; the message says why and what to do. */
  static final class RefusedException extends IOException {

    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  /**
   * What a cluster has of a bookie, and would have of it now.
   *
   * @param known what was written at its first start, if there was one
   */
  private record Cookies(Optional<Cookie> known, Cookie wanted) {

    static Cookies of(RegistrationManager manager, ServerConfiguration conf) throws Exception {
      Cookie wanted =
          Cookie.generateCookie(conf).setInstanceId(manager.getClusterInstanceId()).build();
      try {
        BookieId id = BookieId.parse(conf.getBookieId());
        return new Cookies(
            Optional.of(Cookie.readFromRegistrationManager(manager, id).getValue()), wanted);
      } catch (CookieNotFoundException e) {
        return new Cookies(Optional.empty(), wanted);
      }
    }
  }

  private interface Call<T> {
    T with(RegistrationManager manager) throws Exception;
  }

  /**
   * Makes the cluster's metadata if there are none: one transaction, and nothing at all if there is
   * a cluster. Never a format, which deletes. Bookies that start at once may all try.
   */
  static void makeCluster(ServerConfiguration conf) throws Exception {
    for (int attempt = 1; ; attempt++) {
      try {
        call(conf, manager -> isMade(manager) || manager.initNewCluster());
        return;
      } catch (Exception e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static boolean isMade(RegistrationManager manager) {
    try {
      return manager.getClusterInstanceId() != null;
    } catch (BookieException e) {
      return false; // initNewCluster says what is wrong, if it is more than that
    }
  }

  /** Checks a bookie's folders against what the cluster knows of it. */
  static void check(ServerConfiguration conf) throws Exception {
    String id = conf.getBookieId();
    Cookies cookies = call(conf, manager -> Cookies.of(manager, conf));
    Optional<Cookie> known = cookies.known();
    Cookie wanted = cookies.wanted();
    List<String> empty = new ArrayList<>();
    List<String> filled = new ArrayList<>();
    for (String folder : List.of(conf.getJournalDirNames()[0], conf.getLedgerDirNames()[0])) {
      Cookie found = in(folder);
      if (found == null) {
        empty.add(folder);
      } else {
        filled.add(folder);
        verify(id, folder, wanted, found);
      }
    }
    if (known.isPresent()) {
      verify(id, "the cluster's metadata", wanted, known.get());
      if (!empty.isEmpty()) {
        throw emptied(id, empty);
      }
    } else if (!filled.isEmpty()) {
      throw new RefusedException(
          "%s holds data of bookie %s, which the cluster doesn't know: it was decommissioned, or %s"
                  .formatted(String.join(" and ", filled), id, "is another cluster's")
              + ". Check --zookeeper; to begin anew, empty the data folder, the journal and the"
              + " ledgers, and start without --id");
    }
  }

  private static RefusedException emptied(String id, List<String> folders) {
    return new RefusedException(
        "bookie %s has been in this cluster before, but %s %s empty. If a disk is not mounted,"
                .formatted(id, String.join(" and ", folders), folders.size() == 1 ? "is" : "are")
            + " mount it. If its data is lost, never start it again under this id, or entries that"
            + " it acknowledged count as never written: run `sluice bookie decommission %s` and"
                .formatted(id)
            + " start a new bookie, with another id, on empty folders");
  }

  private static @Nullable Cookie in(String folder) throws IOException {
    try {
      return Cookie.readFromDirectory(Path.of(folder, "current").toFile());
    } catch (FileNotFoundException e) {
      return null;
    }
  }

  private static void verify(String id, String where, Cookie wanted, Cookie found)
      throws RefusedException {
    try {
      wanted.verify(found);
    } catch (InvalidCookieException e) {
      throw new RefusedException(
          "bookie %s can't start: %s was written by another bookie, in another cluster, or with"
                  .formatted(id, where)
              + " other folders. Start it with the id, the --journal and the --ledgers that it had,"
              + " or use empty folders. ("
              + String.valueOf(e.getMessage()).replaceAll("\\s+", " ")
              + ")");
    }
  }

  /** Takes a bookie that is gone for good out of the cluster's metadata. */
  static void forget(ServerConfiguration conf, String id) throws Exception {
    call(
        conf,
        manager -> {
          var cookie = Cookie.readFromRegistrationManager(manager, BookieId.parse(id));
          cookie
              .getValue()
              .deleteFromRegistrationManager(manager, BookieId.parse(id), cookie.getVersion());
          return true;
        });
  }

  private static <T> T call(ServerConfiguration conf, Call<T> call) throws Exception {
    try (var driver = MetadataDrivers.getBookieDriver(URI.create(conf.getMetadataServiceUri()))) {
      driver.initialize(conf, NullStatsLogger.INSTANCE);
      try (RegistrationManager manager = driver.createRegistrationManager()) {
        return call.with(manager);
      }
    }
  }

  private BookieRegistration() {}
}
