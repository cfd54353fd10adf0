package io.sluice.log.bookkeeper;

import io.netty.buffer.ByteBuf;
import io.sluice.log.segment.SegmentReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.bookkeeper.client.api.LedgerEntries;
import org.apache.bookkeeper.client.api.LedgerEntry;
import org.apache.bookkeeper.client.api.ReadHandle;

/** Reads one ledger, which may still be written to by another. */
final class LedgerReader implements SegmentReader {

  private final ReadHandle handle;
  private final boolean sealed;
  private final long lastEntryId;

  LedgerReader(ReadHandle handle) {
    this.handle = handle;
    this.sealed = handle.isClosed();
    this.lastEntryId =
        sealed ? handle.getLedgerMetadata().getLastEntryId() : handle.getLastAddConfirmed();
  }

  @Override
  public long ledgerId() {
    return handle.getId();
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
    if (first < 0 || end <= first) {
      throw new IllegalArgumentException("must be 0 <= first < end: " + first + ", " + end);
    }
    // Half-open here, inclusive there.
    long last = end - 1;
    CompletableFuture<List<ByteBuf>> result = new CompletableFuture<>();
    CompletableFuture<LedgerEntries> entries =
        sealed || last <= lastEntryId
            ? handle.readAsync(first, last)
            : handle.readUnconfirmedAsync(first, last);
    var unused =
        entries.whenComplete(
            (read, error) -> {
              if (error != null) {
                String what = "reading [%d, %d) of ledger %d".formatted(first, end, ledgerId());
                result.completeExceptionally(BookKeeperFailures.read(what, error));
              } else {
                complete(result, read);
              }
            });
    return result;
  }

  private static void complete(CompletableFuture<List<ByteBuf>> result, LedgerEntries read) {
    try {
      result.complete(buffers(read));
    } catch (Throwable thrown) {
      // Memory has run out; who waits must hear of it.
      result.completeExceptionally(thrown);
    }
  }

  /** Takes the buffers over, and lets go of what held them. */
  private static List<ByteBuf> buffers(LedgerEntries entries) {
    try (entries) {
      List<ByteBuf> buffers = new ArrayList<>();
      for (LedgerEntry entry : entries) {
        buffers.add(entry.getEntryBuffer().retain());
      }
      return buffers;
    }
  }

  @Override
  public void close() {
    // Closing a reader only ends its watch on the ledger's metadata; that can't fail usefully.
    var unused = handle.closeAsync();
  }
}
