package io.sluice.gateway.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.rows.RowsFixture;
import io.sluice.testing.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.iceberg.Schema;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class NestedRoundTripTest {

  @TestFactory
  Stream<DynamicTest> nestedValuesAreWrittenAsTheyWereRead() {
    return Seeded.seeds(
        500,
        random -> {
          NestedRows rows = new NestedRows(random);
          Schema schema = rows.schema(random.nextInt(5));
          List<String> sent = new ArrayList<>();
          List<String> read = new ArrayList<>();
          for (int i = random.nextInt(30); i >= 0; i--) {
            NestedRows.Value row = rows.row(schema);
            sent.add(row.sent());
            read.add(row.read());
          }
          RowsFixture table = RowsFixture.of(schema);
          assertThat(table.lines(String.join("\n", sent))).isEqualTo(read);
          assertThat(table.document("[" + String.join(",", sent) + "]")).isEqualTo(read);
          assertThat(table.lines(String.join("\n", read))).isEqualTo(read);
        });
  }

  @TestFactory
  Stream<DynamicTest> nothingOfABadRowIsInTheRowsAroundIt() {
    return Seeded.seeds(
        500,
        random -> {
          NestedRows rows = new NestedRows(random);
          Schema schema = rows.schema(1 + random.nextInt(4));
          List<String> sent = new ArrayList<>();
          List<String> good = new ArrayList<>();
          List<String> bad = new ArrayList<>();
          for (int i = 0; i < 30; i++) {
            if (random.nextBoolean()) {
              NestedRows.Value row = rows.row(schema);
              sent.add(row.sent());
              good.add(row.read());
            } else {
              bad.add(rows.wrongRow(schema));
              sent.add(bad.get(bad.size() - 1));
            }
          }
          RowsFixture.Sorted sorted =
              RowsFixture.of(schema).settingAside(String.join("\n", sent), Long.MAX_VALUE - 1);
          assertThat(sorted.bad()).isEqualTo(bad);
          assertThat(sorted.good()).isEqualTo(good);
        });
  }
}
