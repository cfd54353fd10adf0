package io.sluice.catalog.compaction;

import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.metadata.MetadataStore;
import io.sluice.catalog.table.TableName;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes what gateways in other processes have {@linkplain CompactionPosts posted}, and asks a
 * compactor of this process for it. Of several inboxes on one store exactly one gets each post: the
 * one whose deletion succeeds. One whose compactor is busy leaves posts to the others and looks
 * again after {@value #LOOK_AGAIN_MS} ms.
 *
 * <p>A post whose taker dies is lost; the schedules of the other compactors find its table. Nothing
 * here blocks. Thread-safe.
 */
public final class CompactionInbox implements AutoCloseable {

  private static final long LOOK_AGAIN_MS = 500;

  private final MetadataStore store;
  private final CompactionRequests compactor;
  private final BooleanSupplier hasRoom;
  private final Executor later =
      CompletableFuture.delayedExecutor(LOOK_AGAIN_MS, TimeUnit.MILLISECONDS);

  /** Looks that are wanted; whoever raises it from 0 does them all. */
  private final AtomicInteger wanted = new AtomicInteger();

  private volatile boolean closed;
  private MetadataStore.@Nullable Watch watch;

  private CompactionInbox(
      MetadataStore store, CompactionRequests compactor, BooleanSupplier hasRoom) {
    this.store = store;
    this.compactor = compactor;
    this.hasRoom = hasRoom;
  }

  /**
   * Opens an inbox; what is there already is taken at once.
   *
   * @param store stays the caller's, to close after the inbox
   * @param compactor who is asked for the posted tables
   * @param hasRoom whether it would begin with another table soon; must not block
   */
  public static CompactionInbox open(
      MetadataStore store, CompactionRequests compactor, BooleanSupplier hasRoom) {
    CompactionInbox inbox = new CompactionInbox(store, compactor, hasRoom);
    inbox.watch = store.watch(MetadataPaths.COMPACTION_REQUESTS, inbox::look);
    inbox.look();
    return inbox;
  }

  private void look() {
    if (wanted.getAndIncrement() == 0) {
      lookOnce();
    }
  }

  private void lookOnce() {
    int answered = wanted.get();
    var unused =
        store
            .list(MetadataPaths.COMPACTION_REQUESTS)
            .thenCompose(this::take)
            .whenComplete((all, failure) -> looked(answered, failure == null && all));
  }

  private void looked(int answered, boolean tookAll) {
    if (closed) {
      return;
    }
    if (!tookAll) {
      later.execute(this::look);
    }
    if (!wanted.compareAndSet(answered, 0)) {
      lookOnce();
    }
  }

  /** Takes posts, one after the other, while there is room. Answers whether none is left. */
  private CompletableFuture<Boolean> take(List<String> names) {
    if (names.isEmpty() || closed) {
      return CompletableFuture.completedFuture(true);
    }
    if (!hasRoom.getAsBoolean()) {
      return CompletableFuture.completedFuture(false);
    }
    String name = names.get(0);
    return store
        .delete(MetadataPaths.COMPACTION_REQUESTS + "/" + name, -1)
        .handle((gone, failure) -> taken(name, failure))
        .thenCompose(next -> take(names.subList(1, names.size())));
  }

  private @Nullable Void taken(String name, @Nullable Throwable failure) {
    if (failure != null && is(Kind.MISSING, failure)) {
      return null; // another inbox was faster
    }
    if (failure != null && !is(Kind.UNKNOWN, failure)) {
      throw new CompletionException(failure);
    }
    // Named by someone else than a gateway, it is nobody's table.
    String table = MetadataPaths.text(name);
    if (table.matches("[^.]+\\.[^.]+")) {
      compactor.request(TableName.parse(table));
    }
    return null;
  }

  private static boolean is(Kind kind, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof MetadataException metadata && metadata.kind() == kind;
  }

  /** Takes no more. */
  @Override
  public void close() {
    closed = true;
    if (watch != null) {
      watch.close();
    }
  }
}
