package io.sluice.log.bookkeeper;

import io.sluice.log.segment.SegmentException;
import io.sluice.log.segment.SegmentException.Kind;
import io.sluice.log.segment.SegmentId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.bookkeeper.client.api.BookKeeper;
import org.apache.bookkeeper.client.api.LedgerMetadata;
import org.apache.bookkeeper.client.api.LedgersIterator;
import org.apache.bookkeeper.client.api.ListLedgersResult;

/**
 * Reads which ledgers there are, one after the other: for upkeep, which has time. BookKeeper's list
 * blocks, so a thread is made for it.
 */
final class LedgerList {

  private final BookKeeper client;
  private final BookKeeperSettings settings;

  private LedgerList(BookKeeper client, BookKeeperSettings settings) {
    this.client = client;
    this.settings = settings;
  }

  static CompletableFuture<Map<Long, SegmentId>> of(
      BookKeeper client, BookKeeperSettings settings) {
    CompletableFuture<Map<Long, SegmentId>> listed = new CompletableFuture<>();
    LedgerList list = new LedgerList(client, settings);
    Thread thread =
        new Thread(
            () -> {
              try {
                listed.complete(list.read());
              } catch (Throwable e) {
                listed.completeExceptionally(
                    new SegmentException(
                        Kind.UNAVAILABLE, "can't list the ledgers: " + e.getMessage(), e));
              }
            },
            "ledger-list");
    thread.setDaemon(true);
    thread.start();
    return listed;
  }

  @SuppressWarnings("try") // close() may be interrupted
  private Map<Long, SegmentId> read() throws Exception {
    Map<Long, SegmentId> found = new HashMap<>();
    try (ListLedgersResult result = get(client.newListLedgersOp().execute())) {
      LedgersIterator ledgers = result.iterator();
      while (ledgers.hasNext()) {
        long ledgerId = ledgers.next();
        try {
          LedgerMetadata metadata = get(client.getLedgerMetadata(ledgerId));
          LedgerIdentity.decode(metadata.getCustomMetadata())
              .ifPresent(id -> found.put(ledgerId, id));
        } catch (ExecutionException e) {
          if (!BookKeeperFailures.isMissing(e)) {
            throw e;
          }
          // Deleted meanwhile.
        }
      }
    }
    return found;
  }

  private <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(settings.callTimeout().toMillis(), TimeUnit.MILLISECONDS);
  }
}
