package io.sluice.catalog.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TableFolderTest {

  private static final String WAREHOUSE = "s3://bucket/lake";
  private static final UUID ID = UUID.fromString("0e3c3a1a-95f7-4f0f-8c3e-0a7f6c1d2b3a");
  private static final String FOLDER = WAREHOUSE + "/db/the-table-" + ID;

  @Test
  void theHighestVersionIsTheNewestHoweverFilesAreListed() {
    List<TableFolder> folders =
        TableFolder.among(
            WAREHOUSE,
            List.of(
                FOLDER + "/metadata/00009-a.metadata.json",
                FOLDER + "/metadata/100000-b.gz.metadata.json",
                FOLDER + "/metadata/00010-c.metadata.json",
                FOLDER + "/data/7a/00011-d.parquet"));
    assertThat(folders)
        .containsExactly(
            new TableFolder(
                new TableName("db", "the-table"),
                ID,
                FOLDER,
                List.of(FOLDER + "/metadata/100000-b.gz.metadata.json")));
  }

  @Test
  void filesOfOneVersionAreAllNamed() {
    String one = FOLDER + "/metadata/00002-b.metadata.json";
    String other = FOLDER + "/metadata/00002-a.metadata.json";
    assertThat(TableFolder.among(WAREHOUSE, List.of(one, other)).get(0).newest())
        .containsExactly(other, one);
  }

  @Test
  void tablesOfOthersAndOtherFoldersAreLeftOut() {
    assertThat(
            TableFolder.among(
                WAREHOUSE,
                List.of(
                    WAREHOUSE + "/db/theirs/metadata/00001-a.metadata.json",
                    WAREHOUSE + "/db/t-0e3c3a1a/metadata/00001-a.metadata.json",
                    WAREHOUSE + "/deep/db/t-" + ID + "/metadata/00001-a.metadata.json",
                    "s3://bucket/other/db/t-" + ID + "/metadata/00001-a.metadata.json",
                    FOLDER + "/metadata/version-hint.text")))
        .isEmpty();
  }
}
