package io.sluice.bench.peers;

import io.netty.buffer.ByteBuf;
import io.sluice.bench.measure.Closing;
import io.sluice.bench.measure.RowTail;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.apache.bookkeeper.client.api.LedgerEntries;
import org.apache.bookkeeper.client.api.LedgerEntry;
import org.apache.bookkeeper.client.api.WriteHandle;

/** Reads the entries of a ledger, some calls ahead. */
final class LedgerTail implements RowTail {

  private static final int ENTRIES_PER_CALL = 8;
  private static final int CALLS_AHEAD = 4;

  private final WriteHandle ledger;
  private final Deque<CompletableFuture<LedgerEntries>> ahead = new ArrayDeque<>();
  private long position;

  LedgerTail(WriteHandle ledger) {
    this.ledger = ledger;
  }

  @Override
  public int poll(Duration atMost, LongConsumer ids) throws Exception {
    long last = ledger.getLastAddConfirmed();
    while (ahead.size() < CALLS_AHEAD && position <= last) {
      long end = Math.min(last, position + ENTRIES_PER_CALL - 1);
      ahead.add(ledger.readAsync(position, end));
      position = end + 1;
    }
    if (ahead.isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(atMost.toMillis());
      return 0;
    }
    int rows = 0;
    try (LedgerEntries entries = ahead.remove().get(60, TimeUnit.SECONDS)) {
      for (LedgerEntry entry : entries) {
        ByteBuf bytes = entry.getEntryBuffer();
        while (bytes.isReadable()) {
          int length = bytes.readInt();
          ids.accept(bytes.getLong(bytes.readerIndex()));
          bytes.skipBytes(length);
          rows++;
        }
      }
    }
    return rows;
  }

  @Override
  public void close() throws IOException {
    for (CompletableFuture<LedgerEntries> call : ahead) {
      Closing.all(() -> call.get(60, TimeUnit.SECONDS).close());
    }
  }
}
