package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.client.Appended;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StoredRowsTest {

  private final StoredRows rows = new StoredRows();

  @Test
  void rowsBehindOneThatMayNotBeStoredMayOrMayNotBe() {
    CompletableFuture<List<Appended>> first = new CompletableFuture<>();
    CompletableFuture<List<Appended>> second = new CompletableFuture<>();
    CompletableFuture<List<Appended>> third = new CompletableFuture<>();
    assertThat(rows.line()).isEqualTo("\nThe 0 rows before row 1 are stored; none from there on.");
    rows.sent(2, first);
    rows.sent(3, second);
    rows.sent(4, third);
    first.complete(List.of());
    third.complete(List.of());
    second.completeExceptionally(new IllegalStateException());
    assertThat(rows.line())
        .isEqualTo("\nThe 2 rows before row 3 are stored; the up to 7 rows from row 3 on may be.");
  }

  @Test
  void ofRowsThatAreAllStoredNoneIsInDoubt() {
    rows.sent(2, CompletableFuture.completedFuture(List.of()));
    assertThat(rows.line()).isEqualTo("\nThe 2 rows before row 3 are stored; none from there on.");
  }
}
