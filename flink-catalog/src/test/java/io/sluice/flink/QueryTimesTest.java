package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.junit.jupiter.api.Test;

class QueryTimesTest {

  private static final ObjectIdentifier TABLE = ObjectIdentifier.of("c", "d", "t");
  private static final ObjectIdentifier OTHER = ObjectIdentifier.of("c", "d", "o");

  private final QueryTimes times = new QueryTimes();

  @Test
  void twoTimesOfOneTableInAQueryAreRefused() {
    look(1);
    times.lookedUp(TABLE.toObjectPath(), Optional.empty());
    times.read(TABLE, Map.of(), Optional.of(1L));
    assertThatThrownBy(() -> times.read(TABLE, Map.of(), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("as of two times")
        .hasMessageContaining("scan.as-of");
  }

  @Test
  void tablesThatAreLookedUpAgainAreOfTheSameQuery() {
    for (int query = 0; query < 3; query++) {
      look(1);
      look(2);
      look(2);
      times.read(TABLE, Map.of(), Optional.of(2L));
      look(1);
      assertThatThrownBy(() -> times.read(TABLE, Map.of(), Optional.of(1L)))
          .hasMessageContaining("as of two times");
      look(3);
      times.read(TABLE, Map.of(), Optional.of(3L));
    }
  }

  @Test
  void aTimeOfTheQueryBeforeIsNotOfThisOne() {
    look(1);
    times.read(TABLE, Map.of(), Optional.of(1L));
    look(1);
    look(2);
    times.read(TABLE, Map.of(), Optional.of(2L));
    look(1);
    assertThatThrownBy(() -> times.read(TABLE, Map.of(), Optional.of(1L)))
        .hasMessageContaining("as of two times");
  }

  private void look(long time) {
    times.lookedUp(TABLE.toObjectPath(), Optional.of(time));
  }

  @Test
  void whatThePlannerTellsApartMayDiffer() {
    times.read(TABLE, Map.of(), Optional.of(1L));
    assertThatCode(
            () -> {
              times.read(TABLE, Map.of(), Optional.of(1L));
              times.read(OTHER, Map.of(), Optional.of(2L));
              times.read(TABLE, Map.of("scan.as-of", "7"), Optional.empty());
            })
        .doesNotThrowAnyException();
  }

  @Test
  void eachQueryIsItsOwn() {
    look(1);
    times.read(TABLE, Map.of(), Optional.of(1L));
    look(2);
    assertThatCode(() -> times.read(TABLE, Map.of(), Optional.of(2L))).doesNotThrowAnyException();
  }

  @Test
  void aQueryOfAnotherThreadIsAnother() throws Exception {
    times.read(TABLE, Map.of(), Optional.of(1L));
    Thread thread = new Thread(() -> times.read(TABLE, Map.of(), Optional.of(2L)));
    Throwable[] thrown = new Throwable[1];
    thread.setUncaughtExceptionHandler((unused, failure) -> thrown[0] = failure);
    thread.start();
    thread.join(10_000);
    assertThatCode(
            () -> {
              if (thrown[0] != null) {
                throw thrown[0];
              }
            })
        .doesNotThrowAnyException();
  }
}
