package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BookieIdentityTest {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path folder;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path other;

  @Test
  void aFolderKeepsTheIdentityThatItGot() throws IOException {
    String drawn = BookieIdentity.of(folder, null);
    assertThat(drawn).matches("bookie-[0-9a-f]{8}");
    assertThat(BookieIdentity.of(folder, null)).isEqualTo(drawn);
    assertThat(BookieIdentity.of(other, null)).isNotEqualTo(drawn);
  }

  @Test
  void anIdentityThatWasCutOffIsDrawnAnew() throws IOException {
    Files.createFile(folder.resolve("bookie-id"));
    String drawn = BookieIdentity.of(folder, null);
    assertThat(drawn).matches("bookie-[0-9a-f]{8}");
    assertThat(BookieIdentity.of(folder, null)).isEqualTo(drawn);
  }

  @Test
  void aGivenIdentityMustBeTheFoldersOwn() throws IOException {
    assertThat(BookieIdentity.of(folder, "rack1")).isEqualTo("rack1");
    assertThat(BookieIdentity.of(folder, "rack1")).isEqualTo("rack1");
    assertThatThrownBy(() -> BookieIdentity.of(folder, "rack2"))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("is bookie rack1's, not rack2's");
  }
}
