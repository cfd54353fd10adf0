package io.sluice.bench.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

class ChartTest {

  private static final Chart.Line FAST = new Chart.Line("a <fast> one", "#2f81f7", 90, 80, 100);
  private static final Chart.Line FAILED =
      new Chart.Line("failed", "#2da44e", Double.NaN, Double.NaN, Double.NaN);

  @Test
  void aChartIsXmlWithItsUnitAndLabels() throws Exception {
    for (Chart.Kind kind : Chart.Kind.values()) {
      Chart chart =
          new Chart(
              "Title", "rows/s", kind, List.of(new Chart.Group("group", List.of(FAST, FAILED))));

      String text =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new ByteArrayInputStream(chart.svg().getBytes(StandardCharsets.UTF_8)))
              .getDocumentElement()
              .getTextContent();

      assertThat(text).contains("Title", "rows/s", "a <fast> one", "no figure", "group");
    }
  }

  @Test
  void aLinearAxisEndsAtARoundNumber() {
    assertThat(Axis.linear(830).marks()).containsExactly(0.0, 200.0, 400.0, 600.0, 800.0, 1000.0);
    assertThat(Axis.linear(1000).share(250)).isEqualTo(0.25);
  }

  @Test
  void aLogarithmicAxisHasPowersOfTen() {
    Axis axis = Axis.logarithmic(0.4, 30);
    assertThat(axis.least()).isEqualTo(0.1);
    assertThat(axis.most()).isEqualTo(100);
    assertThat(axis.share(1)).isCloseTo(1 / 3.0, offset(1e-9));
  }

  @Test
  void numbersAreWrittenShortly() {
    assertThat(Axis.text(250_000)).isEqualTo("250k");
    assertThat(Axis.text(1_500_000)).isEqualTo("1.5M");
    assertThat(Axis.text(0.1)).isEqualTo("0.1");
    assertThat(Axis.text(0)).isEqualTo("0");
  }
}
