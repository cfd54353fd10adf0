package io.sluice.catalog.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.table.TableCatalog;
import io.sluice.catalog.table.TableName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that is told to stop may be in the middle of a commit. */
@Timeout(120)
class CommitAtShutdownTest {

  @TempDir private Path folder;

  @Test
  void aCommitWhileTheProcessEndsIsToldAsWhatItIs() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Ending.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(said).contains("committed").doesNotContain("Error");
    } finally {
      process.destroyForcibly();
    }
  }

  /** Commits once it ends. */
  static final class Ending {

    public static void main(String[] arguments) throws Exception {
      InMemoryMetadataStore store = new InMemoryMetadataStore();
      Lake lake = Lake.open(LakeSettings.local(Path.of(arguments[0])), store);
      TableCatalog catalog = new TableCatalog(store, lake);
      catalog.createDatabase("db", false);
      Schema columns = new Schema(Types.NestedField.optional(1, "n", Types.LongType.get()));
      catalog.createTable(new TableName("db", "t"), columns, Map.of(), "", false);
      Table table = lake.icebergCatalog().loadTable(TableIdentifier.of("db", "t"));
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    table.updateProperties().set("ended", "true").commit();
                    System.out.println("committed");
                  }));
    }

    private Ending() {}
  }
}
