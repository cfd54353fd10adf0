package io.sluice.bench.peers;

import io.sluice.bench.measure.Acks;
import io.sluice.bench.measure.Closing;
import io.sluice.bench.measure.Load;
import io.sluice.bench.measure.MeasuredTable;
import io.sluice.bench.measure.RowProducer;
import io.sluice.bench.measure.RowTail;
import io.sluice.bench.measure.Tuning;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.bookkeeper.client.api.BookKeeper;
import org.apache.bookkeeper.client.api.WriteHandle;

/** Some ledgers that are written one entry after the other. */
final class LedgerTable implements MeasuredTable {

  private static final int LATENCY_ENTRY_ROWS = 1_000;

  private final BookKeeper client;
  private final List<WriteHandle> ledgers;
  private final Load load;

  LedgerTable(BookKeeper client, List<WriteHandle> ledgers, Load load) {
    this.client = client;
    this.ledgers = ledgers;
    this.load = load;
  }

  @Override
  public RowProducer producer(Tuning tuning, Acks acks) {
    int rows = tuning == Tuning.LATENCY ? LATENCY_ENTRY_ROWS : Integer.parseInt(load.variant());
    return new LedgerProducer(ledgers, load.shape(), rows, acks);
  }

  /** Reads what is there when it begins, by the writing client's own knowledge of it. */
  @Override
  public RowTail tail(Tuning tuning, List<String> columns) {
    if (tuning == Tuning.LATENCY) {
      throw new UnsupportedOperationException("BookKeeper's client has nothing that follows");
    }
    return new LedgerTail(ledgers.get(0));
  }

  @Override
  public void close() throws IOException {
    for (WriteHandle ledger : ledgers) {
      Closing.all(
          ledger::close,
          () ->
              client
                  .newDeleteLedgerOp()
                  .withLedgerId(ledger.getId())
                  .execute()
                  .get(30, TimeUnit.SECONDS));
    }
  }
}
