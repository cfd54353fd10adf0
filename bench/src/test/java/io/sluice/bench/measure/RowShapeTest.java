package io.sluice.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RowShapeTest {

  @Test
  void rowsAreAsLargeAsTheyAreSaidToBe() {
    assertThat(RowShape.KIB.plainBytes()).isEqualTo(1_024);
    assertThat(RowShape.TEN.plainBytes()).isBetween(105.0, 115.0);
    assertThat(RowShape.TWENTY.columns()).hasSize(20);
  }

  @Test
  void rowsAreTheSameAtEachCall() {
    assertThat(RowShape.TEN.rows().get(4_999)).isEqualTo(RowShape.TEN.rows().get(4_999));
    assertThat(RowShape.TEN.rows()).hasSize(RowShape.ROWS);
  }

  @Test
  void anIdIsReadAsItWasSet() {
    byte[] row = PlainRow.of(RowShape.KIB, RowShape.KIB.rows().get(7));
    assertThat(PlainRow.id(row, 0)).isEqualTo(7);

    PlainRow.setId(row, 0x8123_4567_89ab_cdefL);

    assertThat(PlainRow.id(row, 0)).isEqualTo(0x8123_4567_89ab_cdefL);
  }
}
