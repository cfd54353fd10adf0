package io.sluice.flink.write;

import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.jspecify.annotations.Nullable;

/** The values of one row after another. */
final class RowValues implements Values {

  private @Nullable RowData from;

  /** Points at another row. */
  void pointAt(RowData next) {
    from = next;
  }

  private RowData from() {
    if (from == null) {
      throw new IllegalStateException("there is no row to take values from yet");
    }
    return from;
  }

  @Override
  public boolean isNullAt(int index) {
    return from().isNullAt(index);
  }

  @Override
  public boolean getBoolean(int index) {
    return from().getBoolean(index);
  }

  @Override
  public byte getByte(int index) {
    return from().getByte(index);
  }

  @Override
  public short getShort(int index) {
    return from().getShort(index);
  }

  @Override
  public int getInt(int index) {
    return from().getInt(index);
  }

  @Override
  public long getLong(int index) {
    return from().getLong(index);
  }

  @Override
  public float getFloat(int index) {
    return from().getFloat(index);
  }

  @Override
  public double getDouble(int index) {
    return from().getDouble(index);
  }

  @Override
  public StringData getString(int index) {
    return from().getString(index);
  }

  @Override
  public DecimalData getDecimal(int index, int precision, int scale) {
    return from().getDecimal(index, precision, scale);
  }

  @Override
  public TimestampData getTimestamp(int index, int precision) {
    return from().getTimestamp(index, precision);
  }

  @Override
  public byte[] getBinary(int index) {
    return from().getBinary(index);
  }

  @Override
  public ArrayData getArray(int index) {
    return from().getArray(index);
  }

  @Override
  public MapData getMap(int index) {
    return from().getMap(index);
  }

  @Override
  public RowData getRow(int index, int fields) {
    return from().getRow(index, fields);
  }
}
