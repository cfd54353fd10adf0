package io.sluice.catalog.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class ColumnChangesTest {

  @Test
  void changesAreReadAndWrittenAsJson() throws Exception {
    String json =
        """
        [{"add":"tail","type":"string","comment":"the plane","after":"id"},
         {"add":"seats","type":"decimal(9, 2)"},{"drop":"year"},{"rename":"a","to":"b"},
         {"widen":"id","type":"long"},{"relax":"price"},{"comment":"a","text":""},
         {"move":"a","first":true},{"move":"b"},{"move":"c","after":"a"},
         {"add":"n","type":"date","default":"2026-11-29"},{"default":"n","value":"2026-12-01"}]
        """;
    ObjectMapper mapper = new ObjectMapper();
    ColumnChanges changes = ColumnChanges.parse(mapper.readTree(json));
    assertThat(changes.all()).hasSize(12);
    assertThat(changes.toJson()).isEqualTo(mapper.readTree(json));
    assertThat(ColumnChanges.parse(changes.toJson())).isEqualTo(changes);
    for (String wrong :
        List.of(
            "{}",
            "[]",
            "[{}]",
            "[3]",
            "[{\"drop\":3}]",
            "[{\"drop\":\"x\",\"type\":\"int\"}]",
            "[{\"drop\":\"x\",\"add\":\"y\",\"type\":\"int\"}]",
            "[{\"add\":\"x\",\"type\":\"varchar\"}]",
            "[{\"add\":\"x\",\"type\":\"int\",\"first\":true,\"after\":\"y\"}]",
            "[{\"add\":\"x\",\"type\":\"int\",\"default\":\"y\"}]",
            "[{\"rename\":\"x\"}]")) {
      assertThatThrownBy(() -> ColumnChanges.parse(mapper.readTree(wrong)))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
