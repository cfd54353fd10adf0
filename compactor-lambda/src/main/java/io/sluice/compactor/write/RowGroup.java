package io.sluice.compactor.write;

import java.io.IOException;
import java.util.List;
import org.apache.parquet.hadoop.ParquetFileWriter;

/** The row group that a file's columns are gathering, one after the other. */
final class RowGroup {

  private final List<ColumnEncoder> columns;
  private final long fullBytes;
  private long rows;

  /**
   * @param fullBytes size at which a row group is full
   */
  RowGroup(List<ColumnEncoder> columns, long fullBytes) {
    this.columns = List.copyOf(columns);
    this.fullBytes = fullBytes;
  }

  /** Ends a slice: every column has got its rows. */
  void add(int count) {
    rows += count;
  }

  /**
   * Makes room for more rows, if that is possible: values that aren't encoded yet count as well, so
   * that memory is bounded; if they are the most of it, as with very many columns, their pages end
   * early.
   *
   * @return whether there is room; if not, this must be written out now
   */
  boolean makeRoom() {
    long encoded = 0;
    long staged = 0;
    for (ColumnEncoder column : columns) {
      encoded += column.encodedBytes();
      staged += column.gatheringBytes();
    }
    if (encoded + staged < fullBytes) {
      return true;
    }
    if (encoded < staged) {
      encoded = 0;
      for (ColumnEncoder column : columns) {
        column.endPage();
        encoded += column.encodedBytes();
      }
    }
    return encoded < fullBytes / 2;
  }

  /** Writes the rows, if there are any, and begins the next row group. */
  void writeTo(ParquetFileWriter file) throws IOException {
    if (rows > 0) {
      file.startBlock(rows);
      for (ColumnEncoder column : columns) {
        column.writeTo(file);
      }
      file.endBlock();
      rows = 0;
    }
  }
}
