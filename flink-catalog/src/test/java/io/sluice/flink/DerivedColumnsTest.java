package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.flink.DerivedColumns.Derived;
import io.sluice.flink.DerivedColumns.Watermark;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.junit.jupiter.api.Test;

class DerivedColumnsTest {

  private static final DerivedColumns DERIVED =
      new DerivedColumns(
          List.of(
              new Derived("x", "`a` + 1", null, null, null, null),
              new Derived("y", "`a` + 2", null, null, "x", "why \"y\""),
              new Derived("o", null, "_offset", "BIGINT NOT NULL", "a", null),
              new Derived("z", "`b` + 3", null, null, "b", null)),
          new Watermark("t", "`t` - INTERVAL '5' SECOND", 3));

  @Test
  void theyAreReadBack() {
    assertThat(DerivedColumns.parse(DERIVED.toOptions())).isEqualTo(DERIVED);
    DerivedColumns none = DerivedColumns.parse(Map.of());
    assertThat(none).isEqualTo(new DerivedColumns(List.of(), null));
    assertThat(none.toOptions()).isEqualTo(Map.of("flink.columns", "", "flink.watermark", ""));
    assertThatThrownBy(() -> DerivedColumns.parse(Map.of("flink.columns", "[{")))
        .hasMessageContaining("option 'flink.columns' can't be read");
  }

  @Test
  void theyComeInTheirPlaces() {
    assertThat(names("a", "t", "b", "c")).containsExactly("x", "y", "a", "o", "t", "b", "z", "c");
    assertThat(names("c", "a"))
        .as("what is behind b comes last")
        .containsExactly("x", "y", "c", "a", "o", "z");
  }

  @Test
  void aStoredColumnOfTheNameIsRefused() {
    assertThatThrownBy(() -> names("a", "z", "b"))
        .hasMessageContaining("column 'z' is stored, and computed by Flink too");
  }

  private static List<String> names(String... stored) {
    Schema.Builder schema = Schema.newBuilder();
    Map<String, Runnable> adding = new LinkedHashMap<>();
    for (String name : stored) {
      adding.put(name, () -> schema.column(name, DataTypes.INT()));
    }
    DERIVED.addTo(schema, adding);
    return schema.build().getColumns().stream().map(column -> column.getName()).toList();
  }
}
