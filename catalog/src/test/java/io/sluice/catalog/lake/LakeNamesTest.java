package io.sluice.catalog.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.metadata.BlockingMetadata;
import io.sluice.catalog.metadata.InMemoryMetadataStore;
import io.sluice.catalog.metadata.MetadataException;
import io.sluice.catalog.metadata.MetadataException.Kind;
import io.sluice.catalog.metadata.MetadataStore;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LakeNamesTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final TableIdentifier NAME = TableIdentifier.of("d", "t");
  private static final TableIdentifier OTHER = TableIdentifier.of("d", "other");

  private final InMemoryMetadataStore store = new InMemoryMetadataStore();
  private final LakeNames names = new LakeNames(new BlockingMetadata(store, LIMIT));

  @BeforeEach
  void namesATable() throws Exception {
    give(NAME, "s3://lake/first.json");
  }

  @Test
  void aDropWhoseReplyIsLostIsDone() throws Exception {
    assertThat(losing("replace", true, () -> {}).drop(NAME, location -> true))
        .contains("s3://lake/first.json");
    give(NAME, "s3://lake/second.json");
    assertThat(losing("replace", false, () -> {}).drop(NAME, location -> true))
        .contains("s3://lake/second.json");
    assertThat(names.location(NAME)).isEmpty();
  }

  @Test
  void aDropWhoseReplyIsLostLeavesTheNextTableOfThatName() throws Exception {
    for (String next : List.of("s3://lake/next.json", "s3://lake/first.json")) {
      LakeNames losing = losing("replace", true, () -> give(NAME, next));

      assertThatThrownBy(() -> losing.drop(NAME, location -> true))
          .isInstanceOf(CommitStateUnknownException.class)
          .hasMessageContaining("Cannot tell whether d.t was dropped");

      assertThat(names.location(NAME)).contains(next);
    }
  }

  @Test
  void aRenameWhoseReplyIsLostIsDone() throws Exception {
    losing("replaceAll", true, () -> {}).rename(NAME, OTHER, location -> {});
    assertThat(names.location(OTHER)).contains("s3://lake/first.json");
    losing("replaceAll", false, () -> {}).rename(OTHER, NAME, location -> {});
    assertThat(names.location(NAME)).contains("s3://lake/first.json");
    assertThat(names.location(OTHER)).isEmpty();
  }

  @Test
  void aRenameWhoseReplyIsLostLeavesTheNextTableOfThatName() throws Exception {
    TableIdentifier third = TableIdentifier.of("d", "third");
    LakeNames losing =
        losing(
            "replaceAll",
            true,
            () -> {
              // The one that was renamed goes on, so that its new name is free again.
              names.rename(OTHER, third, location -> {});
              give(NAME, "s3://lake/next.json");
            });

    assertThatThrownBy(() -> losing.rename(NAME, OTHER, location -> {}))
        .isInstanceOf(CommitStateUnknownException.class)
        .hasMessageContaining("Cannot tell whether d.t was renamed to d.other");

    assertThat(names.location(NAME)).contains("s3://lake/next.json");
    assertThat(names.location(third)).contains("s3://lake/first.json");
    assertThat(names.location(OTHER)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCreationWhoseReplyIsLostIsNotMadeAgain(boolean another, @TempDir Path folder)
      throws Exception {
    TableIdentifier made = TableIdentifier.of("d", "made");
    // Someone finds the table, and names it otherwise; another may have its name then.
    LakeNames losing =
        losing(
            "create",
            true,
            () -> {
              names.rename(made, OTHER, location -> {});
              if (another) {
                make(names, made, folder.resolve("another"));
              }
            });

    assertThatThrownBy(() -> make(losing, made, folder.resolve("made")))
        .isInstanceOf(CommitStateUnknownException.class);

    String moved = names.location(OTHER).orElseThrow();
    assertThat(LocalFileIO.path(moved)).exists();
    assertThat(names.location(made).isPresent()).isEqualTo(another);
    assertThat(names.location(made)).isNotEqualTo(Optional.of(moved));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCreationWhoseReplyIsLostIsDone(boolean after, @TempDir Path folder) throws Exception {
    TableIdentifier made = TableIdentifier.of("d", "made");
    make(losing("create", after, () -> {}), made, folder);
    assertThat(names.location(made)).isPresent();
    names.drop(made, location -> true);
    make(losing("replace", after, () -> {}), made, folder);
    assertThat(names.location(made)).isPresent();
    assertThatThrownBy(() -> make(names, made, folder)).isInstanceOf(AlreadyExistsException.class);
  }

  private static void make(LakeNames as, TableIdentifier name, Path folder) {
    new SluiceTableOperations(as.pointers(), name, LakeNames.path(name), new LocalFileIO())
        .commit(
            null,
            TableMetadata.newTableMetadata(
                LakeFixture.COLUMNS, PartitionSpec.unpartitioned(), "file://" + folder, Map.of()));
  }

  private void give(TableIdentifier name, String location) throws MetadataException {
    names.pointers().create(LakeNames.path(name), LakePointer.encode(location));
  }

  /** What someone else does. */
  private interface Deed {
    void run() throws Exception;
  }

  /**
   * Returns the names as someone sees them of whom one call is lost.
   *
   * @param after whether the store has done what it was asked to
   * @param meanwhile what happens until he asks again
   */
  private LakeNames losing(String method, boolean after, Deed meanwhile) {
    boolean[] lost = {false};
    MetadataStore losing =
        (MetadataStore)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {MetadataStore.class},
                (proxy, called, arguments) -> {
                  if (lost[0] || !called.getName().equals(method)) {
                    return called.invoke(store, arguments);
                  }
                  lost[0] = true;
                  if (after) {
                    ((CompletableFuture<?>) called.invoke(store, arguments)).join();
                  }
                  meanwhile.run();
                  return CompletableFuture.failedFuture(
                      new MetadataException(Kind.UNKNOWN, "lost: " + method));
                });
    return new LakeNames(new BlockingMetadata(losing, LIMIT));
  }
}
