package io.sluice.bench;

import io.netty.buffer.Unpooled;
import io.sluice.bench.measure.Latencies;
import io.sluice.bench.measure.Pace;
import io.sluice.log.segment.Replication;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.bookkeeper.client.api.BKException;
import org.apache.bookkeeper.client.api.BookKeeper;
import org.apache.bookkeeper.client.api.DigestType;
import org.apache.bookkeeper.client.api.WriteHandle;
import org.apache.bookkeeper.conf.ClientConfiguration;

/** BookKeeper's own client with nothing around it: the limit that the log is measured against. */
public final class RawLedgers implements AutoCloseable {

  private static final byte[] NO_PASSWORD = {};
  private static final int FRAME_BYTES = 5 << 20;

  private final BookKeeper client;
  private final Replication copies;

  private RawLedgers(BookKeeper client, Replication copies) {
    this.client = client;
    this.copies = copies;
  }

  static RawLedgers connect(String metadataUri, int bookies) throws Exception {
    return new RawLedgers(client(metadataUri), copies(bookies));
  }

  /** Returns how often entries are stored with so many bookies: 1/1/1, 2/2/2, 3/3/2 and so on. */
  static Replication copies(int bookies) {
    return new Replication(bookies, bookies, Math.min(2, bookies));
  }

  /** Returns a client as Sluice sets it; for the caller to close. */
  public static BookKeeper client(String metadataUri) throws Exception {
    ClientConfiguration conf = new ClientConfiguration();
    conf.setMetadataServiceUri(metadataUri);
    conf.setThrottleValue(0);
    conf.setUseV2WireProtocol(true);
    conf.setNettyMaxFrameSizeBytes(FRAME_BYTES);
    return BookKeeper.newBuilder(conf).build();
  }

  /** Makes a ledger on one bookie. */
  public static WriteHandle newLedger(BookKeeper client) throws Exception {
    return newLedger(client, Replication.STANDALONE);
  }

  private static WriteHandle newLedger(BookKeeper client, Replication copies) throws Exception {
    return client
        .newCreateLedgerOp()
        .withEnsembleSize(copies.ensemble())
        .withWriteQuorumSize(copies.writeQuorum())
        .withAckQuorumSize(copies.ackQuorum())
        .withDigestType(DigestType.CRC32C)
        .withPassword(NO_PASSWORD)
        .execute()
        .get(30, TimeUnit.SECONDS);
  }

  /**
   * Adds to several ledgers at once, from one thread each.
   *
   * @param inFlight adds in flight per ledger
   * @return acknowledged bytes
   */
  long addFor(int ledgers, int entryBytes, int inFlight, double seconds) throws Exception {
    AtomicLong acknowledged = new AtomicLong();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    long start = System.nanoTime();
    long end = start + (long) (seconds * 1e9);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < ledgers; i++) {
      WriteHandle ledger = newLedger(client, copies);
      Thread thread =
          new Thread(
              () -> addUntil(ledger, entryBytes, inFlight, end, acknowledged, failure), "raw-" + i);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure.get() != null) {
      throw new IllegalStateException("a raw add failed", failure.get());
    }
    return acknowledged.get();
  }

  private static void addUntil(
      WriteHandle ledger,
      int entryBytes,
      int inFlight,
      long end,
      AtomicLong acknowledged,
      AtomicReference<Throwable> failure) {
    byte[] entry = new byte[entryBytes];
    new Random(1).nextBytes(entry);
    Semaphore room = new Semaphore(inFlight);
    try {
      while (System.nanoTime() < end && failure.get() == null) {
        room.acquire();
        var unused =
            ledger
                .appendAsync(Unpooled.wrappedBuffer(entry))
                .whenComplete(
                    (id, error) -> {
                      if (error == null) {
                        acknowledged.addAndGet(entryBytes);
                      } else {
                        failure.set(error);
                      }
                      room.release();
                    });
      }
      if (!room.tryAcquire(inFlight, 30, TimeUnit.SECONDS)) {
        failure.compareAndSet(null, new IllegalStateException("adds not answered in 30 s"));
      }
      ledger.close();
    } catch (Exception e) {
      failure.compareAndSet(null, e);
    }
  }

  /**
   * Adds one entry after the other, at a rate.
   *
   * @return from the moment that an add was due to its acknowledgement
   */
  Latencies addsAtRate(int entryBytes, int perSecond, double seconds) throws Exception {
    byte[] entry = new byte[entryBytes];
    new Random(1).nextBytes(entry);
    Latencies latencies = new Latencies();
    WriteHandle ledger = newLedger(client, copies);
    long interval = 1_000_000_000L / perSecond;
    long start = System.nanoTime();
    int count = (int) (perSecond * seconds);
    for (int i = 0; i < count; i++) {
      long due = start + i * interval;
      Pace.await(due);
      long id = ledger.append(Unpooled.wrappedBuffer(entry));
      if (id != i) {
        throw new IllegalStateException("entry " + id + " instead of " + i);
      }
      latencies.add(System.nanoTime() - due);
    }
    ledger.close();
    return latencies;
  }

  /**
   * Adds to many ledgers in turn, at a rate.
   *
   * @param atOnce how many adds are due at the same time
   * @return from the moment that some adds were due to the acknowledgement of all of them
   */
  Latencies addsToMany(int ledgers, int entryBytes, int perSecond, int atOnce, double seconds)
      throws Exception {
    byte[] entry = new byte[entryBytes];
    new Random(1).nextBytes(entry);
    List<WriteHandle> all = new ArrayList<>();
    for (int i = 0; i < ledgers; i++) {
      all.add(newLedger(client, copies));
    }
    Latencies latencies = new Latencies();
    Pace pace = new Pace(System.nanoTime(), perSecond / (double) atOnce);
    int batches = (int) (seconds * perSecond / atOnce);
    CountDownLatch left = new CountDownLatch(batches);
    for (int batch = 0; batch < batches; batch++) {
      long due = pace.due(batch);
      Pace.await(due);
      CompletableFuture<?>[] adds = new CompletableFuture<?>[atOnce];
      for (int i = 0; i < atOnce; i++) {
        WriteHandle ledger = all.get((batch * atOnce + i) % ledgers);
        adds[i] = ledger.appendAsync(Unpooled.wrappedBuffer(entry));
      }
      var unused =
          CompletableFuture.allOf(adds)
              .thenRun(
                  () -> {
                    synchronized (latencies) {
                      latencies.add(System.nanoTime() - due);
                    }
                    left.countDown();
                  });
    }
    if (!left.await(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("raw adds weren't answered in 60 s, or failed");
    }
    for (WriteHandle ledger : all) {
      ledger.close();
    }
    return latencies;
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (BKException e) {
      throw new IllegalStateException("the ledger client can't be closed", e);
    }
  }
}
