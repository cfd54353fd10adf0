package io.sluice.flink.lake;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Cuts what a reader returned to the columns that a query asked for. */
final class LakeRow {

  private final LakeValues.Rows columns;
  private final int @Nullable [][] places;

  /**
   * @param projection the columns that were read
   * @param wanted how many of them, from the first, are wanted
   */
  LakeRow(Schema projection, int wanted) {
    this.columns =
        new LakeValues.Rows("", Types.StructType.of(projection.columns().subList(0, wanted)));
    this.places = null;
  }

  /**
   * @param projection the columns that were read
   * @param wanted columns, or fields within them
   */
  LakeRow(Schema projection, List<String> wanted) {
    List<int[]> all = PrunedColumns.places(projection, wanted);
    int columnCount = all.stream().mapToInt(place -> place[0] + 1).max().orElse(0);
    boolean asRead =
        columnCount == all.size()
            && IntStream.range(0, all.size())
                .allMatch(i -> all.get(i).length == 1 && all.get(i)[0] == i);
    this.columns =
        new LakeValues.Rows("", Types.StructType.of(projection.columns().subList(0, columnCount)));
    this.places = asRead ? null : all.toArray(int[][]::new);
  }

  /**
   * Returns the wanted columns of a row that was read, which is used up: it may be changed, and be
   * the one returned.
   *
   * @throws ArithmeticException if a TIME has microseconds, which Flink would lose
   */
  RowData of(RowData read) {
    GenericRowData row = columns.takeOver(read);
    if (places == null) {
      return row;
    }
    GenericRowData wanted = new GenericRowData(places.length);
    for (int i = 0; i < places.length; i++) {
      wanted.setField(i, at(row, places[i]));
    }
    return wanted;
  }

  /** A field within what is null is null. */
  private static @Nullable Object at(GenericRowData row, int[] place) {
    @Nullable Object value = row.getField(place[0]);
    for (int i = 1; i < place.length && value != null; i++) {
      value = ((GenericRowData) value).getField(place[i]);
    }
    return value;
  }
}
