package io.sluice.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswersTest {

  private static final List<String> PRINTED =
      List.of(
          "sluice> SELECT ...;",
          "+---------+-----------+",
          "| flights | different |",
          "+---------+-----------+",
          "|       3 |         3 |",
          "+---------+-----------+",
          "1 row in set",
          "",
          "+---------+---------+----------+---------------+",
          "| carrier | flights | departed | delay_minutes |",
          "+---------+---------+----------+---------------+",
          "|      UA |       2 |        1 |            -4 |",
          "|      AA |       1 |        1 |             7 |",
          "+---------+---------+----------+---------------+",
          "2 rows in set");

  @Test
  void tablesAreReadBackCellByCell() {
    List<Answers.Printed> tables = Answers.read(PRINTED);
    assertThat(tables).hasSize(2);
    assertThat(tables.get(0).cell(0, "different")).isEqualTo("3");
    assertThat(tables.get(1).cell(1, "carrier")).isEqualTo("AA");
  }

  @Test
  void rightAnswersHaveNoDifferences() {
    assertThat(Answers.differences(Answers.read(PRINTED), figures("UA,-4", "UA,NA", "AA,7")))
        .isEmpty();
  }

  @Test
  void eachWrongFigureIsNamed() {
    assertThat(Answers.differences(Answers.read(PRINTED), figures("UA,-4", "UA,NA", "DL,7")))
        .contains("carrier DL is missing from the answer");
    assertThat(Answers.differences(Answers.read(PRINTED), figures("UA,-3", "UA,NA", "AA,7")))
        .containsExactly("UA delay minutes: the CSV has -3, SQL answered -4");
    assertThat(Answers.differences(Answers.read(PRINTED), figures("UA,-4", "AA,7")))
        .contains("flights: the CSV has 2, SQL answered 3");
  }

  @Test
  void missingAnswersAreADifference() {
    assertThat(Answers.differences(List.of(), figures("UA,-4")))
        .containsExactly("Flink SQL answered 0 questions instead of three");
  }

  private static FlightFigures figures(String... carrierAndDelay) {
    StringBuilder csv = new StringBuilder("header\n");
    for (String row : carrierAndDelay) {
      String[] parts = row.split(",", -1);
      csv.append("0,0,0,0,0,").append(parts[1]).append(",0,0,0,").append(parts[0]).append(",0\n");
    }
    FlightFigures figures = new FlightFigures();
    figures.count(csv.toString().getBytes(StandardCharsets.UTF_8));
    return figures;
  }
}
