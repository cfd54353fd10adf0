package io.sluice.bench.peers;

import io.sluice.bench.measure.Closing;
import io.sluice.bench.measure.Load;
import io.sluice.bench.measure.MeasuredSystem;
import io.sluice.bench.measure.MeasuredTable;
import io.sluice.bench.measure.MeasuringClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.bookkeeper.client.api.BookKeeper;
import org.apache.bookkeeper.client.api.DigestType;
import org.apache.bookkeeper.client.api.WriteHandle;
import org.apache.bookkeeper.conf.ClientConfiguration;

/**
 * BookKeeper's own client on Sluice's bookie, with nothing around it. Variants: {@code N}, entries
 * of that many rows. A bucket is a ledger.
 */
final class LedgerSystem implements MeasuredSystem {

  private static final byte[] NO_PASSWORD = {};
  private static final int FRAME_BYTES = 5 << 20;

  private final BookKeeper client;

  private LedgerSystem(String zooKeeper) throws Exception {
    ClientConfiguration conf = new ClientConfiguration();
    conf.setMetadataServiceUri("zk+hierarchical://" + zooKeeper + "/ledgers");
    conf.setThrottleValue(0);
    conf.setUseV2WireProtocol(true);
    conf.setNettyMaxFrameSizeBytes(FRAME_BYTES);
    this.client = BookKeeper.newBuilder(conf).build();
  }

  /** The client's process. */
  public static void main(String[] args) throws Exception {
    MeasuringClient.serve(new LedgerSystem(Address.part(args[0], "zookeeper")));
  }

  @Override
  public MeasuredTable newTable(Load load) throws Exception {
    List<WriteHandle> ledgers = new ArrayList<>();
    for (int bucket = 0; bucket < load.buckets(); bucket++) {
      ledgers.add(
          client
              .newCreateLedgerOp()
              .withEnsembleSize(1)
              .withWriteQuorumSize(1)
              .withAckQuorumSize(1)
              .withDigestType(DigestType.CRC32C)
              .withPassword(NO_PASSWORD)
              .execute()
              .get(30, TimeUnit.SECONDS));
    }
    return new LedgerTable(client, ledgers, load);
  }

  @Override
  public void close() throws IOException {
    Closing.all(client::close);
  }
}
