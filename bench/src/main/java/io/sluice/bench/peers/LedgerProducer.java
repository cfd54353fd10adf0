package io.sluice.bench.peers;

import io.netty.buffer.Unpooled;
import io.sluice.bench.measure.Acks;
import io.sluice.bench.measure.PlainRow;
import io.sluice.bench.measure.RowProducer;
import io.sluice.bench.measure.RowShape;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.bookkeeper.client.api.WriteHandle;

/** Adds entries of rows, each with its length before it; the next entry goes to the next ledger. */
final class LedgerProducer implements RowProducer {

  private static final int IN_FLIGHT_BYTES = 8 << 20;

  private final List<WriteHandle> ledgers;
  private final List<byte[]> rows;
  private final int limit;
  private final Acks acks;
  private final Semaphore room = new Semaphore(IN_FLIGHT_BYTES);
  private final ByteBuffer entry;
  private final long[] ids;
  private int gathered;
  private int next;

  LedgerProducer(List<WriteHandle> ledgers, RowShape shape, int limit, Acks acks) {
    this.ledgers = ledgers;
    this.rows = shape.rows().stream().map(row -> PlainRow.of(shape, row)).toList();
    this.limit = limit;
    this.acks = acks;
    int largest = rows.stream().mapToInt(row -> row.length).max().orElseThrow();
    this.entry = ByteBuffer.allocate(limit * (largest + Integer.BYTES));
    this.ids = new long[limit];
  }

  @Override
  public void send(int row, long id) throws Exception {
    byte[] bytes = rows.get(row);
    PlainRow.setId(bytes, id);
    entry.putInt(bytes.length).put(bytes);
    ids[gathered++] = id;
    if (gathered == limit) {
      add();
    }
  }

  @Override
  public void caughtUp() throws Exception {
    if (gathered > 0) {
      add();
    }
  }

  private void add() throws Exception {
    int count = gathered;
    int bytes = entry.position();
    long[] sent = Arrays.copyOf(ids, count);
    byte[] full = Arrays.copyOf(entry.array(), bytes);
    entry.clear();
    gathered = 0;
    room.acquire(bytes);
    var unused =
        ledgers
            .get(next++ % ledgers.size())
            .appendAsync(Unpooled.wrappedBuffer(full))
            .whenComplete(
                (id, error) -> {
                  if (error == null) {
                    acks.acked(sent, count);
                  } else {
                    acks.failed(error);
                  }
                  room.release(bytes);
                });
  }

  @Override
  public void flush() throws Exception {
    caughtUp();
    if (!room.tryAcquire(IN_FLIGHT_BYTES, 60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("adds not answered in 60 s");
    }
    room.release(IN_FLIGHT_BYTES);
  }

  @Override
  public void close() {}
}
