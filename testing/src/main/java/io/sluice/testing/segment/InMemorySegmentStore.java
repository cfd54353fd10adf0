package io.sluice.testing.segment;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sluice.log.segment.Replication;
import io.sluice.log.segment.Sealed;
import io.sluice.log.segment.SegmentException;
import io.sluice.log.segment.SegmentException.Kind;
import io.sluice.log.segment.SegmentId;
import io.sluice.log.segment.SegmentReader;
import io.sluice.log.segment.SegmentStore;
import io.sluice.log.segment.SegmentWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Ledgers in memory, with the semantics of BookKeeper: fencing, recovery, a last add confirmed that
 * lags behind. Everything is done at once, on the caller's thread. Thread-safe.
 */
public final class InMemorySegmentStore implements SegmentStore {

  private static final class Ledger {
    final long id;
    final SegmentId segment;
    final List<byte[]> entries = new ArrayList<>();
    boolean closed;

    Ledger(long id, SegmentId segment) {
      this.id = id;
      this.segment = segment;
    }

    Sealed describe() {
      return new Sealed(id, entries.size() - 1, entries.stream().mapToLong(e -> e.length).sum());
    }
  }

  private final Map<Long, Ledger> ledgers = new TreeMap<>();
  private final List<ByteBuf> buffers = new ArrayList<>();
  private long nextId = 1;
  private long bytesRead;

  /** Returns the size of all entries that were read so far, each as often as it was. */
  public synchronized long bytesRead() {
    return bytesRead;
  }

  /** Returns the ids of the ledgers that are there. */
  public synchronized Set<Long> ledgerIds() {
    return new TreeSet<>(ledgers.keySet());
  }

  @Override
  public synchronized CompletableFuture<Map<Long, SegmentId>> list() {
    Map<Long, SegmentId> all = new TreeMap<>();
    ledgers.forEach((id, ledger) -> all.put(id, ledger.segment));
    return CompletableFuture.completedFuture(all);
  }

  /** Returns what a ledger was made for. */
  public synchronized SegmentId segmentOf(long ledgerId) {
    Ledger ledger = ledgers.get(ledgerId);
    if (ledger == null) {
      throw new IllegalArgumentException("there is no ledger " + ledgerId);
    }
    return ledger.segment;
  }

  /** Returns how many buffers that were added or read are still held by someone. */
  public synchronized long heldBuffers() {
    return buffers.stream().filter(buffer -> buffer.refCnt() > 0).count();
  }

  @Override
  public synchronized CompletableFuture<SegmentWriter> create(
      SegmentId id, Replication replication) {
    Ledger ledger = new Ledger(nextId++, id);
    ledgers.put(ledger.id, ledger);
    return CompletableFuture.completedFuture(new Writer(ledger));
  }

  @Override
  public synchronized CompletableFuture<Sealed> recover(long ledgerId) {
    Ledger ledger = ledgers.get(ledgerId);
    if (ledger == null) {
      return missing(ledgerId);
    }
    ledger.closed = true;
    return CompletableFuture.completedFuture(ledger.describe());
  }

  @Override
  public synchronized CompletableFuture<SegmentReader> open(long ledgerId) {
    Ledger ledger = ledgers.get(ledgerId);
    return ledger == null
        ? missing(ledgerId)
        : CompletableFuture.completedFuture(new Reader(ledger));
  }

  @Override
  public synchronized CompletableFuture<Void> delete(long ledgerId) {
    ledgers.remove(ledgerId);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {}

  private static <T> CompletableFuture<T> missing(long ledgerId) {
    return failed(Kind.MISSING, "there is no ledger " + ledgerId);
  }

  private static <T> CompletableFuture<T> failed(Kind kind, String message) {
    return CompletableFuture.failedFuture(new SegmentException(kind, message));
  }

  private final class Writer implements SegmentWriter {
    private final Ledger ledger;
    private @Nullable Sealed sealedByMe;

    Writer(Ledger ledger) {
      this.ledger = ledger;
    }

    @Override
    public long ledgerId() {
      return ledger.id;
    }

    @Override
    public CompletableFuture<Long> add(ByteBuf entry) {
      synchronized (InMemorySegmentStore.this) {
        buffers.add(entry);
        try {
          if (ledger.closed) {
            return failed(Kind.FENCED, "ledger " + ledger.id + " is closed");
          }
          ledger.entries.add(ByteBufUtil.getBytes(entry));
          return CompletableFuture.completedFuture(ledger.entries.size() - 1L);
        } finally {
          entry.release();
        }
      }
    }

    @Override
    public CompletableFuture<Sealed> seal() {
      synchronized (InMemorySegmentStore.this) {
        if (ledger.closed && sealedByMe == null) {
          return failed(Kind.FENCED, "ledger " + ledger.id + " was recovered by someone");
        }
        ledger.closed = true;
        sealedByMe = ledger.describe();
        return CompletableFuture.completedFuture(sealedByMe);
      }
    }
  }

  private final class Reader implements SegmentReader {
    private final Ledger ledger;
    private final boolean sealed;
    private final long lastEntryId;

    Reader(Ledger ledger) {
      this.ledger = ledger;
      this.sealed = ledger.closed;
      int entries = ledger.entries.size();
      this.lastEntryId = sealed ? entries - 1 : Math.max(-1, entries - 2);
    }

    @Override
    public long ledgerId() {
      return ledger.id;
    }

    @Override
    public boolean sealed() {
      return sealed;
    }

    @Override
    public long lastEntryId() {
      return lastEntryId;
    }

    @Override
    public CompletableFuture<List<ByteBuf>> read(long first, long end) {
      synchronized (InMemorySegmentStore.this) {
        if (!ledgers.containsKey(ledger.id)) {
          return missing(ledger.id);
        }
        if (first < 0 || end <= first || end > ledger.entries.size()) {
          return failed(
              Kind.MISSING,
              "ledger "
                  + ledger.id
                  + " has entries [0, "
                  + ledger.entries.size()
                  + "), not ["
                  + first
                  + ", "
                  + end
                  + ")");
        }
        List<ByteBuf> entries = new ArrayList<>();
        for (byte[] entry : ledger.entries.subList((int) first, (int) end)) {
          entries.add(Unpooled.wrappedBuffer(entry.clone()));
          bytesRead += entry.length;
        }
        buffers.addAll(entries);
        return CompletableFuture.completedFuture(entries);
      }
    }

    @Override
    public void close() {}
  }
}
