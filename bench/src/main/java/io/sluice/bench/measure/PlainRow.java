package io.sluice.bench.measure;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row as one value, for a system that knows no columns. As large as the row is in Arrow: a 64-bit
 * id first, then each column's value, text with a length of 32 bits, decimals of 128 bits, and one
 * bit for each column that may be missing. A shape of one text column is that text, without a
 * length.
 */
public final class PlainRow {

  /** Returns a row's bytes. */
  public static byte[] of(RowShape shape, @Nullable Object[] values) {
    List<Column> columns = shape.columns();
    ByteBuffer out = ByteBuffer.allocate(2_048);
    for (int i = 0; i < columns.size(); i++) {
      put(out, columns.get(i), values[i], columns.size() == 2);
    }
    if (columns.size() > 2) {
      out.put(new byte[(columns.size() + 7) / 8]);
    }
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private static void put(
      ByteBuffer out, Column column, @Nullable Object value, boolean withoutLength) {
    switch (column.kind()) {
      case LONG, TIMESTAMP -> out.putLong(value instanceof Long number ? number : 0);
      case INT -> out.putInt(value instanceof Integer number ? number : 0);
      case DOUBLE -> out.putDouble(value instanceof Double number ? number : 0);
      case DECIMAL -> {
        out.putLong(0).putLong(value instanceof Integer number ? number : 0);
      }
      case TEXT -> {
        byte[] text = value instanceof byte[] bytes ? bytes : new byte[0];
        if (!withoutLength) {
          out.putInt(text.length);
        }
        out.put(text);
      }
    }
  }

  /** Replaces a row's id. */
  public static void setId(byte[] row, long id) {
    for (int i = 0; i < Long.BYTES; i++) {
      row[i] = (byte) (id >>> (Long.SIZE - Byte.SIZE * (i + 1)));
    }
  }

  /**
   * Returns a row's id.
   *
   * @param at where the row begins
   */
  public static long id(byte[] row, int at) {
    long id = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      id = id << Byte.SIZE | (row[at + i] & 0xff);
    }
    return id;
  }

  private PlainRow() {}
}
