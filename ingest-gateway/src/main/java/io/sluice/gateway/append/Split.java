package io.sluice.gateway.append;

import io.sluice.catalog.bucket.BucketHash;
import io.sluice.catalog.table.Table;
import io.sluice.catalog.types.RowCopy;
import io.sluice.gateway.gate.GateException;
import io.sluice.gateway.gate.GateException.Code;
import io.sluice.gateway.rows.RowError;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.vector.VectorSchemaRoot;

/** The rows of one batch by bucket, in their order. */
final class Split {

  private final VectorSchemaRoot rows;
  private final String keyColumn;
  private final int[] bucketOf;

  private Split(VectorSchemaRoot rows, String keyColumn, int[] bucketOf) {
    this.rows = rows;
    this.keyColumn = keyColumn;
    this.bucketOf = bucketOf;
  }

  /** Hashes the key of each row; the rows stay the caller's and must outlive the split. */
  static Split of(Table table, VectorSchemaRoot rows) {
    BucketHash hash = BucketHash.of(table.schema(), table.bucketKey(), table.bucketCount());
    return new Split(rows, String.join(", ", table.bucketKey()), hash.buckets(rows));
  }

  /**
   * Returns the same rows by the bucket that they would be in if there were fewer.
   *
   * @param buckets a number that divides the table's, which each it has had does
   */
  Split by(int buckets) {
    int[] fewer = Arrays.stream(bucketOf).map(bucket -> bucket % buckets).toArray();
    return new Split(rows, keyColumn, fewer);
  }

  /** Returns the buckets that have rows, ascending. */
  int[] buckets() {
    return Arrays.stream(bucketOf).distinct().sorted().toArray();
  }

  /**
   * Refuses the batch unless all rows belong to one bucket, by the number of buckets that the table
   * has or had: who divides rows by himself may not have heard of a raise.
   */
  void requireAllIn(Table table, int bucket) throws GateException {
    for (int row = 0; row < bucketOf.length; row++) {
      int now = bucketOf[row];
      boolean before = table.raises().stream().anyMatch(raise -> now % raise.from() == bucket);
      if (now != bucket && !before) {
        String reason =
            "the row's key belongs to bucket %d, but the batch names bucket %d; leave 'bucket' out or split by Iceberg's bucket hash"
                .formatted(bucketOf[row], bucket);
        throw new GateException(
            Code.BAD_REQUEST, List.of(new RowError(row + 1L, keyColumn, reason)));
      }
    }
  }

  /** Returns the rows of one bucket: a copy for the caller to close. */
  VectorSchemaRoot rowsOf(int bucket) {
    int[] places =
        IntStream.range(0, bucketOf.length).filter(row -> bucketOf[row] == bucket).toArray();
    return RowCopy.of(rows, places, rows.getVector(0).getAllocator());
  }
}
