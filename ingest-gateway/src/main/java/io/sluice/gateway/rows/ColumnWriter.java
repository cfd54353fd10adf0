package io.sluice.gateway.rows;

/** Writes values of one column into its Arrow vector. */
interface ColumnWriter {

  /**
   * Writes one value.
   *
   * @param row the row's place in the vector, from 0; rows that are left out are null
   * @param form how the value was written
   * @param text the value's text, unescaped
   * @throws BadValueException if the value doesn't fit the column; the vector's row is then null
   */
  void write(int row, ValueForm form, String text) throws BadValueException;
}
