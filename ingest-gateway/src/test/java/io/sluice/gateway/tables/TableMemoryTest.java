package io.sluice.gateway.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.level.NewerVersionException;
import io.sluice.catalog.table.CatalogException;
import io.sluice.catalog.table.CatalogException.Reason;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.table.TableName;
import io.sluice.catalog.table.TableOptions;
import io.sluice.catalog.table.TableOptions.UnknownColumns;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TableMemoryTest {

  private static final Duration VALIDITY = Duration.ofSeconds(5);
  private static final Schema COLUMNS =
      new Schema(Types.NestedField.optional(1, "a", Types.LongType.get()));

  private final Queue<CompletableFuture<Table>> loads = new ArrayDeque<>();
  private long nanos;
  private final TableMemory memory = new TableMemory(this::load, VALIDITY, () -> nanos);

  private CompletableFuture<Table> load() {
    CompletableFuture<Table> load = new CompletableFuture<>();
    loads.add(load);
    return load;
  }

  private static Table table(String comment) {
    UUID id = new UUID(0, 1);
    return new Table(
        new TableName("db", "t"),
        id,
        id,
        "file:///lake/" + id,
        Map.of(0, COLUMNS),
        0,
        TableOptions.parse(Map.of("unknown.columns", "ignore")),
        comment,
        Instant.EPOCH);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private CompletableFuture<KnownTable> loaded(String comment) {
    CompletableFuture<KnownTable> known = memory.known();
    loads.remove().complete(table(comment));
    return known;
  }

  private static KnownTable get(CompletableFuture<KnownTable> known) throws Exception {
    return known.get(30, TimeUnit.SECONDS);
  }

  private static CatalogException away() {
    return new CatalogException(Reason.UNAVAILABLE, "by design of this test");
  }

  @Test
  void aDefinitionIsBelievedForItsTimeAndThenLoadedAgain() throws Exception {
    assertThat(get(loaded("one"))).isEqualTo(new KnownTable(table("one"), true));
    pass(VALIDITY.minusNanos(1));
    assertThat(get(memory.known())).isEqualTo(new KnownTable(table("one"), true));
    assertThat(loads).isEmpty();
    pass(Duration.ofNanos(1));
    assertThat(get(loaded("two"))).isEqualTo(new KnownTable(table("two"), true));
  }

  @Test
  void whileTheStoreIsAwayTheLastOneIsKnownButItsUnknownColumnsAreRefused() throws Exception {
    get(loaded("one"));
    pass(VALIDITY);
    CompletableFuture<KnownTable> waiting = memory.known();
    loads.remove().completeExceptionally(away());

    assertThat(get(waiting).sure()).isFalse();
    assertThat(get(waiting).table().comment()).isEqualTo("one");
    assertThat(get(waiting).table().options().unknownColumns()).isEqualTo(UnknownColumns.REJECT);
    assertThat(memory.known()).as("without waiting, and without a load").isCompleted();
    assertThat(loads).isEmpty();
    pass(VALIDITY);
    assertThat(memory.known()).as("without waiting for the next load").isCompleted();
    loads.remove().complete(table("two"));
    assertThat(get(memory.known())).isEqualTo(new KnownTable(table("two"), true));
  }

  @Test
  void definitionsThatAreBelievedForNoTimeAreLoadedForEachCall() throws Exception {
    TableMemory brief = new TableMemory(this::load, Duration.ZERO, () -> nanos);
    CompletableFuture<KnownTable> first = brief.known();
    loads.remove().complete(table("one"));
    assertThat(get(first).sure()).isTrue();
    CompletableFuture<KnownTable> second = brief.known();
    pass(Duration.ofMillis(1));
    CompletableFuture<KnownTable> third = brief.known();
    assertThat(loads).hasSize(2);
    loads.forEach(load -> load.complete(table("two")));
    assertThat(get(second)).isEqualTo(new KnownTable(table("two"), true));
    assertThat(get(third)).isEqualTo(new KnownTable(table("two"), true));
  }

  @Test
  void whileALoadHangsNoOtherOneBegins() throws Exception {
    get(loaded("one"));
    pass(VALIDITY);
    CompletableFuture<KnownTable> first = memory.known();
    pass(Duration.ofMillis(999));
    CompletableFuture<KnownTable> second = memory.known();
    pass(Duration.ofMillis(1));

    assertThat(memory.known()).as("the load has had its time").isCompleted();
    assertThat(get(first).sure()).isFalse();
    assertThat(get(second).sure()).isFalse();
    pass(VALIDITY.multipliedBy(3));
    assertThat(get(memory.known()).sure()).isFalse();
    assertThat(loads).hasSize(1);
  }

  @Test
  void afterALongWhileWithoutTheStoreNothingIsKnown() throws Exception {
    get(loaded("one"));
    pass(TableMemory.LONGEST_UNSURE);
    CompletableFuture<KnownTable> known = memory.known();
    loads.remove().completeExceptionally(away());
    assertThatThrownBy(() -> get(known)).hasCauseInstanceOf(CatalogException.class);
  }

  @Test
  void aTableThatIsGoneOrOnlyForNewerGatewaysIsKnownNoMore() throws Exception {
    for (CatalogException failure :
        new CatalogException[] {
          new CatalogException(Reason.NOT_FOUND, "gone"),
          new CatalogException(
              Reason.UNAVAILABLE, "newer", new NewerVersionException("a table", 9, 1))
        }) {
      get(loaded("one"));
      pass(VALIDITY);
      CompletableFuture<KnownTable> known = memory.known();
      loads.remove().completeExceptionally(failure);
      assertThatThrownBy(() -> get(known)).hasCause(failure);
      assertThat(memory.isEmpty()).isTrue();
    }
  }

  @Test
  void aLoadThatTookTooLongIsNotSureForThoseWhoCameLate() throws Exception {
    CompletableFuture<KnownTable> first = memory.known();
    pass(VALIDITY.plusNanos(1));
    CompletableFuture<KnownTable> late = memory.known();
    loads.remove().complete(table("one"));
    assertThat(get(first).sure()).isTrue();
    assertThat(get(late).sure()).isFalse();
  }

  @Test
  void aLoadThatBeganEarlierDoesNotReplaceWhatALaterOneBrought() throws Exception {
    CompletableFuture<Table> earlier = memory.newest();
    pass(Duration.ofNanos(1));
    CompletableFuture<Table> later = memory.newest();
    CompletableFuture<Table> first = loads.remove();
    loads.remove().complete(table("later"));
    first.complete(table("earlier"));

    assertThat(earlier).isCompletedWithValue(table("earlier"));
    assertThat(later).isCompletedWithValue(table("later"));
    assertThat(get(memory.known()).table().comment()).isEqualTo("later");
  }
}
