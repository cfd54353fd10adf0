package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path temp;

  @Test
  void folderOpensAgainAfterItWasClosed() throws IOException {
    Path folder = temp.resolve("data");
    DataFolder.open(folder).close();
    try (DataFolder again = DataFolder.open(folder)) {
      assertThat(again.path()).isEqualTo(folder);
    }
  }

  @Test
  void folderInUseIsRefused() throws IOException {
    try (DataFolder first = DataFolder.open(temp.resolve("data"))) {
      assertThatThrownBy(() -> DataFolder.open(first.path()))
          .isInstanceOf(CommandException.class)
          .hasMessageContaining("in use by another Sluice process");
    }
  }

  @Test
  void folderWithSomethingElseInItIsNeitherUsedNorDeleted() throws IOException {
    Path precious = Files.writeString(temp.resolve("thesis.txt"), "words");
    assertThatThrownBy(() -> DataFolder.open(temp)).hasMessageContaining("not made by Sluice");
    assertThatThrownBy(() -> DataFolder.delete(temp)).hasMessageContaining("not made by Sluice");
    assertThat(precious).hasContent("words");
  }

  @Test
  void folderWhoseFirstStartWasCutOffOpens() throws IOException {
    Path locked = Files.createDirectory(temp.resolve("locked"));
    Files.createFile(locked.resolve("lock"));
    DataFolder.open(locked).close();
    assertThat(locked.resolve("format-version")).hasContent("1");
    Path begun = Files.createDirectory(temp.resolve("begun"));
    Files.createFile(begun.resolve("lock"));
    Files.createFile(begun.resolve("format-version"));
    DataFolder.open(begun).close();
    assertThat(begun.resolve("format-version")).hasContent("1");
  }

  @Test
  void folderOfANewerFormatIsRefused() throws IOException {
    Path folder = temp.resolve("data");
    DataFolder.open(folder).close();
    Files.writeString(folder.resolve("format-version"), "99");
    assertThatThrownBy(() -> DataFolder.open(folder))
        .hasMessageContaining("has format 99, this Sluice reads 1");
  }

  @Test
  void ourFolderIsDeletedWhole() throws IOException {
    Path folder = temp.resolve("data");
    DataFolder.open(folder).close();
    Files.createDirectories(folder.resolve("a/b"));
    DataFolder.delete(folder);
    assertThat(folder).doesNotExist();
    DataFolder.delete(folder);
  }
}
