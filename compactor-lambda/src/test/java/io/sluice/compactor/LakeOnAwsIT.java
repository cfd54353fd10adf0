package io.sluice.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.Table;
import io.sluice.compactor.glue.Buckets;
import io.sluice.compactor.glue.LosingProxy;
import io.sluice.compactor.glue.LosingProxy.Fate;
import io.sluice.testing.aws.AwsEnvironment;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.iceberg.io.FileIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A lake in S3 with Sluice's own catalog, where S3 is busy, and where files come in parts. */
@Tag("aws")
@Timeout(600)
class LakeOnAwsIT {

  private static final int PART_BYTES = 5 << 20;
  private static final int FILE_BYTES = 2 * PART_BYTES + 12_345;
  private static final int ROUNDS = 6;

  private static AwsEnvironment aws;
  private static String bucket = "";

  private LosingProxy proxy;
  private CompactorTown town;

  @BeforeAll
  static void makesBucket() throws Exception {
    aws = AwsEnvironment.open();
    bucket = Buckets.make(aws.endpoint());
  }

  @AfterAll
  static void endsAws() throws Exception {
    if (aws != null) {
      aws.close();
    }
  }

  @BeforeEach
  void opensTown() throws Exception {
    proxy = new LosingProxy(aws.endpoint(), LakeOnAwsIT::writesOrReads);
    LakeSettings settings = settings(proxy.uri());
    InMemoryMetadataStore store = new InMemoryMetadataStore();
    town = new CompactorTown(settings, store, Lake.open(settings, store));
  }

  @AfterEach
  void closes() {
    town.close();
    proxy.close();
  }

  private static LakeSettings settings(URI endpoint) {
    return new LakeSettings(
        "s3://" + bucket + "/" + UUID.randomUUID(),
        Map.of(
            "s3.endpoint",
            endpoint.toString(),
            "s3.path-style-access",
            "true",
            "s3.multipart.part-size-bytes",
            "" + PART_BYTES,
            "http-client.type",
            "urlconnection"));
  }

  private static boolean writesOrReads(HttpExchange call) {
    return !call.getRequestMethod().equals("HEAD");
  }

  @Test
  void rowsAreThereOnceThoughS3IsBusyAndRepliesGetLost() throws Exception {
    Table table = town.table("t", 2);
    Random random = new Random(7);
    Fate[] fates = {Fate.REFUSED, Fate.ANSWERED, Fate.REPLY_LOST, Fate.ANSWERED};
    for (int round = 0; round < ROUNDS; round++) {
      town.append(table, round % 2, 10, 10);
      for (int i = 0; i < 8; i++) {
        proxy.next(fates[random.nextInt(fates.length)], () -> {});
      }
      town.compactor("compactor").compact(table, CompactorTown.FAR);
      town.assertLakeEqualsLog(table);
    }
    assertThat(proxy.seen()).isGreaterThan(8 * ROUNDS);
  }

  @Test
  void aFileOfSeveralPartsIsWholeThoughPartsAreRefused() throws Exception {
    Table table = town.table("t", 1);
    FileIO io = town.lake.table(table).io();
    byte[] bytes = new byte[FILE_BYTES];
    new Random(7).nextBytes(bytes);
    String path = table.location() + "/data/parts.bin";
    int before = proxy.seen();
    proxy.next(Fate.ANSWERED, () -> {});
    proxy.next(Fate.REFUSED, () -> {});
    proxy.next(Fate.REPLY_LOST, () -> {});
    try (OutputStream out = io.newOutputFile(path).create()) {
      out.write(bytes);
    }
    // Begun, three parts, ended, and what was sent again.
    assertThat(proxy.seen() - before).isGreaterThanOrEqualTo(7);
    try (InputStream in = io.newInputFile(path).newStream()) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
  }
}
