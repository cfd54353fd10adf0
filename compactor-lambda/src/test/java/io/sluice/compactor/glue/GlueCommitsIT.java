package io.sluice.compactor.glue;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.lake.Lake;
import io.sluice.catalog.lake.LakeSettings;
import io.sluice.catalog.lake.LakeTable;
import io.sluice.catalog.lake.LakeView;
import io.sluice.catalog.lake.Outcome;
import io.sluice.catalog.lake.Progress;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import io.sluice.compactor.glue.LosingProxy.Fate;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestWriter;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Commits to AWS Glue whose requests or replies get lost, on files in S3. Glue's endpoint, which is
 * S3's too, comes by {@code -Daws.endpoint}; .ci/run starts a stand-in for both.
 */
@Tag("aws")
@Timeout(180)
class GlueCommitsIT {

  private static final Schema COLUMNS =
      new Schema(
          NestedField.required(1, "id", Types.LongType.get()),
          NestedField.optional(2, "Mixed_Case", Types.StringType.get()));

  private static URI endpoint = URI.create("http://missing");
  private static String bucket = "";

  private final InMemoryMetadataStore store = new InMemoryMetadataStore();
  private final TableName name =
      new TableName("db" + UUID.randomUUID().toString().replace("-", ""), "t");
  private LosingProxy proxy;
  private Lake lake;
  private Lake others;
  private Table table;
  private LakeTable lakeTable;

  @BeforeAll
  static void makesBucket() {
    endpoint = URI.create(System.getProperty("aws.endpoint", ""));
    bucket = Buckets.make(endpoint);
  }

  @BeforeEach
  void makesTable() throws Exception {
    proxy = new LosingProxy(endpoint, "AWSGlue.UpdateTable");
    lake = lake(proxy.uri());
    others = lake(endpoint);
    TableCatalog catalog = new TableCatalog(store, lake);
    catalog.createDatabase(name.database(), false);
    table = catalog.createTable(name, COLUMNS, Map.of(), "", false);
    lakeTable = lake.table(table);
  }

  private static Lake lake(URI glue) {
    return Lake.open(
        new LakeSettings(
            "s3://" + bucket + "/w",
            Map.of(
                "type", "glue",
                "glue.endpoint", glue.toString(),
                "s3.endpoint", endpoint.toString(),
                "s3.path-style-access", "true",
                "http-client.type", "urlconnection")),
        new InMemoryMetadataStore());
  }

  @AfterEach
  void closes() {
    lake.close();
    others.close();
    proxy.close();
  }

  @Test
  void whatIsAnsweredIsCommitted() throws Exception {
    assertThat(append(lakeTable.load())).isInstanceOf(Outcome.Committed.class);
    requireWhole(1);
  }

  @Test
  void aRequestThatWasLostIsSentAgain() throws Exception {
    proxy.next(Fate.LOST, GlueCommitsIT::nothing);
    assertThat(append(lakeTable.load())).isInstanceOf(Outcome.Committed.class);
    requireWhole(1);
  }

  /** The client sends it again by itself, and Glue tells of a conflict: with its own first one. */
  @Test
  void aCommitWhoseReplyWasLostIsNoConflictWithItself() throws Exception {
    proxy.next(Fate.REPLY_LOST, GlueCommitsIT::nothing);
    assertThat(append(lakeTable.load())).isInstanceOf(Outcome.Committed.class);
    assertThat(proxy.seen()).isGreaterThan(1);
    requireWhole(1);
  }

  @Test
  void aCommitWhoseReplyWasLostAndThatOthersHaveBuiltOnIsFound() throws Exception {
    proxy.next(Fate.REPLY_LOST, () -> commitsOfOthers(2));
    LakeView checked = lakeTable.load();
    Outcome outcome = append(checked);
    assertThat(outcome)
        .as("%s", outcome)
        .isInstanceOfAny(Outcome.Committed.class, Outcome.Unknown.class);
    requireWhole(1);
    // Whoever goes on looks at what is there.
    assertThat(append(lakeTable.load())).isInstanceOf(Outcome.Committed.class);
    requireWhole(2);
  }

  @Test
  void aCommitThatWasLostAndOvertakenIsNotThere() throws Exception {
    proxy.next(Fate.LOST, () -> commitsOfOthers(1));
    assertThat(append(lakeTable.load()))
        .isInstanceOfAny(Outcome.Moved.class, Outcome.Unknown.class);
    requireWhole(0);
    assertThat(append(lakeTable.load())).isInstanceOf(Outcome.Committed.class);
    requireWhole(1);
  }

  @Test
  void aCommitOfWhichNothingCanBeSeenIsUnknown() throws Exception {
    proxy.next(Fate.REPLY_LOST, () -> proxy.cutOff(true));
    assertThat(append(lakeTable.load())).isInstanceOf(Outcome.Unknown.class);
    proxy.cutOff(false);
    requireWhole(1);
    assertThat(append(lakeTable.load())).isInstanceOf(Outcome.Committed.class);
    requireWhole(2);
  }

  @Test
  void everyOutcomeIsTrueWhateverIsLost() throws Exception {
    Random random = new Random(7);
    Fate[] fates = Fate.values();
    int rows = 0;
    for (int i = 0; i < 40; i++) {
      int lost = random.nextInt(4);
      for (int attempt = 0; attempt < lost; attempt++) {
        int foreign = random.nextInt(3);
        proxy.next(fates[random.nextInt(fates.length)], () -> commitsOfOthers(foreign / 2));
      }
      Outcome outcome = append(lakeTable.load());
      LakeView now = others.table(table).load();
      if (outcome instanceof Outcome.Committed done) {
        rows++;
        assertThat(now.metadata().snapshot(done.snapshotId())).isNotNull();
      } else if (outcome instanceof Outcome.Unknown) {
        rows = (int) now.progress().offset(0);
      }
      requireWhole(rows);
    }
    assertThat(rows).isGreaterThan(20);
  }

  private static void nothing() {}

  /** Commits that say nothing of Sluice. */
  private void commitsOfOthers(int commits) {
    TableIdentifier identifier = TableIdentifier.of(name.database(), name.table());
    for (int i = 0; i < commits; i++) {
      others
          .icebergCatalog()
          .loadTable(identifier)
          .updateProperties()
          .set("foreign", UUID.randomUUID().toString())
          .commit();
    }
  }

  private Outcome append(LakeView checked) throws Exception {
    long next = checked.progress().offset(0) + 1;
    return lakeTable.append(
        checked, Progress.none(table.incarnation()).with(0, next), List.of(manifest(checked)));
  }

  private ManifestFile manifest(LakeView view) throws Exception {
    String path = view.metadata().location() + "/" + UUID.randomUUID();
    ManifestWriter<DataFile> writer =
        ManifestFiles.write(
            view.metadata().formatVersion(),
            view.spec(),
            lakeTable.io().newOutputFile(path + "-m0.avro"),
            null);
    try (writer) {
      writer.add(
          DataFiles.builder(view.spec())
              .withPath(path + ".parquet")
              .withFileSizeInBytes(100)
              .withRecordCount(1)
              .build());
    }
    return writer.toManifestFile();
  }

  /** The metadata that Glue points to is there, and all that it points to, with so many rows. */
  private void requireWhole(int rows) {
    LakeTable seen = others.table(table);
    LakeView now = seen.load();
    assertThat(now.progress().offset(0)).isEqualTo(rows);
    assertThat(now.metadata().snapshots()).hasSize(rows);
    assertThat(now.metadata().schema().findField("Mixed_Case")).isNotNull();
    for (Snapshot snapshot : now.metadata().snapshots()) {
      for (ManifestFile manifest : snapshot.allManifests(seen.io())) {
        assertThat(seen.io().newInputFile(manifest.path()).exists()).isTrue();
      }
    }
    if (rows > 0) {
      assertThat(now.metadata().currentSnapshot().summary())
          .containsEntry("total-records", Integer.toString(rows));
    }
  }
}
