package io.sluice.catalog.bucket;

import io.sluice.catalog.types.IcebergValues;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.iceberg.Schema;
import org.apache.iceberg.transforms.Transforms;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.iceberg.util.SerializableFunction;

/**
 * The bucket of a row by its key: Iceberg's bucket transform of the key column. A null key belongs
 * to bucket 0. Clients and gateway use it alike. Immutable and thread-safe.
 */
public final class BucketHash {

  private final String column;
  private final Type type;
  private final SerializableFunction<Object, Integer> transform;

  private BucketHash(String column, Type type, SerializableFunction<Object, Integer> transform) {
    this.column = column;
    this.type = type;
    this.transform = transform;
  }

  /**
   * Prepares the hash of a table's key.
   *
   * @param schema the table's columns
   * @param key its {@code bucket.key}; one column for now
   * @param bucketCount number of buckets, at least 1
   * @throws IllegalArgumentException if the key isn't one column of the schema whose type Iceberg
   *     can bucket
   */
  public static BucketHash of(Schema schema, List<String> key, int bucketCount) {
    if (key.size() != 1) {
      throw new IllegalArgumentException("bucket.key must be one column: " + key);
    }
    NestedField field = schema.findField(key.get(0));
    if (field == null) {
      throw new IllegalArgumentException("bucket.key " + key + " is no column of " + schema);
    }
    return new BucketHash(
        field.name(), field.type(), Transforms.<Object>bucket(bucketCount).bind(field.type()));
  }

  /**
   * Returns the bucket of each row.
   *
   * @param rows rows in the table's canonical types; stay the caller's
   */
  public int[] buckets(VectorSchemaRoot rows) {
    FieldVector keys = rows.getVector(column);
    int[] buckets = new int[rows.getRowCount()];
    for (int row = 0; row < buckets.length; row++) {
      buckets[row] = keys.isNull(row) ? 0 : transform.apply(IcebergValues.of(type, keys, row));
    }
    return buckets;
  }
}
