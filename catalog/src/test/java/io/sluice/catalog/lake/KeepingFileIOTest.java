package io.sluice.catalog.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ValidationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What takes part in a commit deletes nothing, whatever Iceberg believes to have failed. */
class KeepingFileIOTest {

  @TempDir Path folder;
  private LakeView view;

  @BeforeEach
  void open() throws Exception {
    view = new LakeFixture(folder).lakeTable().load();
  }

  @Test
  void icebergsCleanUpAfterAFailureFindsNoOneWhoDeletes() throws Exception {
    for (RuntimeException failure :
        List.of(
            new CommitFailedException("conflict"),
            new ValidationException("invalid"),
            new UnsupportedOperationException("no"))) {
      List<Path> before = metadataFiles();
      AppendFiles append =
          new BaseTable(failing(failure), "t")
              .newFastAppend()
              .appendFile(LakeFixture.file(view, 3));

      assertThatThrownBy(append::commit).isSameAs(failure);

      // A manifest and a manifest list.
      assertThat(metadataFiles())
          .hasSizeGreaterThanOrEqualTo(before.size() + 2)
          .containsAll(before);
    }
  }

  private TableOperations failing(RuntimeException failure) {
    TableMetadata metadata =
        TableMetadata.buildFrom(view.metadata())
            .setProperties(Map.of(TableProperties.COMMIT_NUM_RETRIES, "0"))
            .build();
    FrozenOperations frozen = new FrozenOperations(view.operations(), metadata);
    return new TableOperations() {
      @Override
      public TableMetadata current() {
        return frozen.current();
      }

      @Override
      public TableMetadata refresh() {
        return frozen.refresh();
      }

      @Override
      public void commit(TableMetadata base, TableMetadata changed) {
        throw failure;
      }

      @Override
      public org.apache.iceberg.io.FileIO io() {
        return frozen.io();
      }

      @Override
      public String metadataFileLocation(String fileName) {
        return frozen.metadataFileLocation(fileName);
      }

      @Override
      public org.apache.iceberg.io.LocationProvider locationProvider() {
        return frozen.locationProvider();
      }
    };
  }

  private List<Path> metadataFiles() throws IOException {
    Path metadata = Path.of(view.metadata().location().substring("file://".length()), "metadata");
    try (Stream<Path> files = Files.list(metadata)) {
      return files.sorted().toList();
    }
  }
}
