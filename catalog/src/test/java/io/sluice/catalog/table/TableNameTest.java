package io.sluice.catalog.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableNameTest {

  @Test
  void aNameIsWrittenAndParsedWithADot() {
    TableName name = TableName.parse("my_db.Flights-2013");
    assertThat(name).isEqualTo(new TableName("my_db", "Flights-2013"));
    assertThat(name).hasToString("my_db.Flights-2013");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-t", "a b", "a.b", "ü", "a/b", "..", "a\n"})
  void whatIsNoNameIsRefusedWithWhatIs(String name) {
    assertThatThrownBy(() -> new TableName("db", name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "'%s' cannot name a table: use 1 to 128 letters (A-Z, a-z), digits, '_' and '-', not"
                + " beginning with '-'",
            name);
  }

  @Test
  void aNameMayHave128CharactersAndNoMore() {
    assertThat(new TableName("d".repeat(128), "t").database()).hasSize(128);
    assertThatThrownBy(() -> new TableName("d".repeat(129), "t"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aNameWithoutADotIsRefused() {
    assertThatThrownBy(() -> TableName.parse("flights"))
        .hasMessage("a table is named database.table, but 'flights' has no dot");
  }
}
