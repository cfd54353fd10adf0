package io.sluice.bench.peers;

import io.sluice.bench.RawLedgers;
import io.sluice.bench.measure.Closing;
import io.sluice.bench.measure.Load;
import io.sluice.bench.measure.MeasuredSystem;
import io.sluice.bench.measure.MeasuredTable;
import io.sluice.bench.measure.MeasuringClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.bookkeeper.client.api.BookKeeper;
import org.apache.bookkeeper.client.api.WriteHandle;

/**
 * BookKeeper's own client on Sluice's bookie, with nothing around it. Variants: {@code N}, entries
 * of that many rows. A bucket is a ledger.
 */
final class LedgerSystem implements MeasuredSystem {

  private final BookKeeper client;

  private LedgerSystem(String zooKeeper) throws Exception {
    this.client = RawLedgers.client("zk+hierarchical://" + zooKeeper + "/ledgers");
  }

  /** The client's process. */
  public static void main(String[] args) throws Exception {
    MeasuringClient.serve(new LedgerSystem(Address.part(args[0], "zookeeper")));
  }

  @Override
  public MeasuredTable newTable(Load load) throws Exception {
    List<WriteHandle> ledgers = new ArrayList<>();
    for (int bucket = 0; bucket < load.buckets(); bucket++) {
      ledgers.add(RawLedgers.newLedger(client));
    }
    return new LedgerTable(client, ledgers, load);
  }

  @Override
  public void close() throws IOException {
    Closing.all(client::close);
  }
}
