package io.sluice.flink.write;

import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/**
 * Values by their place in a row or an array, primitive ones without boxes: what Flink's rows and
 * arrays have in common, but not by type. An instance is pointed at one row or array after the
 * other, so that none is made per row.
 */
interface Values {

  boolean isNullAt(int index);

  boolean getBoolean(int index);

  byte getByte(int index);

  short getShort(int index);

  int getInt(int index);

  long getLong(int index);

  float getFloat(int index);

  double getDouble(int index);

  StringData getString(int index);

  DecimalData getDecimal(int index, int precision, int scale);

  TimestampData getTimestamp(int index, int precision);

  byte[] getBinary(int index);

  ArrayData getArray(int index);

  MapData getMap(int index);

  RowData getRow(int index, int fields);
}
