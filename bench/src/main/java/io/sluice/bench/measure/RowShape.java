package io.sluice.bench.measure;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.sluice.bench.measure.Column.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Rows of one width. The first column is always {@code id}, which each sent row has of its own. */
public enum RowShape {
  /** An id and 1,016 bytes of text: 1 KiB. */
  KIB(0, 1_016),
  /** Ten columns, like flights. */
  TEN(1, 40),
  /** The ten columns, and ten more of the same kinds. */
  TWENTY(2, 40);

  /** How many different rows there are of each shape; they are sent in turns. */
  public static final int ROWS = 5_000;

  private static final int CARRIERS = 16;
  private static final int AIRPORTS = 26 * 26;
  private static final long START_MICROS = 1_356_998_400_000_000L;

  private final int flights;
  private final int noteBytes;

  RowShape(int flights, int noteBytes) {
    this.flights = flights;
    this.noteBytes = noteBytes;
  }

  private static List<Column> flight(String suffix) {
    return List.of(
        Column.required("id" + suffix, Kind.LONG),
        Column.required("event_time" + suffix, Kind.TIMESTAMP),
        Column.optional("carrier" + suffix, Kind.TEXT),
        Column.optional("origin" + suffix, Kind.TEXT),
        Column.optional("destination" + suffix, Kind.TEXT),
        Column.optional("flight" + suffix, Kind.INT),
        Column.optional("distance" + suffix, Kind.DOUBLE),
        Column.optional("delay" + suffix, Kind.INT),
        Column.optional("fare" + suffix, Kind.DECIMAL),
        Column.optional("note" + suffix, Kind.TEXT));
  }

  /** Returns the columns, {@code id} first. */
  public List<Column> columns() {
    if (flights == 0) {
      return List.of(Column.required("id", Kind.LONG), Column.optional("payload", Kind.TEXT));
    }
    List<Column> columns = new ArrayList<>(flight(""));
    for (int more = 2; more <= flights; more++) {
      columns.addAll(flight("_" + more));
    }
    return List.copyOf(columns);
  }

  /** Returns the names of the columns, in order. */
  public List<String> names() {
    return columns().stream().map(Column::name).toList();
  }

  /** Returns {@link #ROWS} rows, the same at each call; a missing value is null. */
  public List<@Nullable Object[]> rows() {
    SplittableRandom random = new SplittableRandom(columns().size());
    List<Column> columns = columns();
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      @Nullable Object[] values = new Object[columns.size()];
      for (int column = 0; column < values.length; column++) {
        values[column] = value(columns.get(column), row, random);
      }
      rows.add(values);
    }
    return rows;
  }

  /** Returns the mean size of a row as {@link PlainRow} writes it, in bytes. */
  public double plainBytes() {
    return rows().stream().mapToInt(row -> PlainRow.of(this, row).length).average().orElseThrow();
  }

  private @Nullable Object value(Column column, int row, SplittableRandom random) {
    return switch (column.name().replace("_2", "")) {
      case "id" -> Long.valueOf(row);
      case "event_time" -> START_MICROS + row * 1_000L + random.nextInt(60_000_000);
      case "carrier" -> text("C" + (char) ('A' + random.nextInt(CARRIERS)));
      case "origin" -> text(airport(random.nextInt(3)));
      case "destination" -> text(airport(random.nextInt(AIRPORTS)));
      case "flight" -> Integer.valueOf(random.nextInt(1, 7_000));
      case "distance" -> Double.valueOf(random.nextInt(80, 5_000));
      case "delay" -> random.nextInt(10) == 0 ? null : Integer.valueOf(random.nextInt(-30, 300));
      case "fare" -> Integer.valueOf(random.nextInt(4_000, 90_000));
      default -> letters(noteBytes, random);
    };
  }

  private static byte[] letters(int count, SplittableRandom random) {
    byte[] letters = new byte[count];
    for (int i = 0; i < count; i++) {
      letters[i] = (byte) ('a' + random.nextInt(26));
    }
    return letters;
  }

  private static byte[] text(String value) {
    return value.getBytes(US_ASCII);
  }

  private static String airport(int number) {
    return "" + (char) ('A' + number / 26) + (char) ('A' + number % 26) + "X";
  }
}
